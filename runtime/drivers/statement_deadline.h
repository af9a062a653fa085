#pragma once

#include <chrono>
#include <cstdint>

#include <belay/connection.h>

namespace belay::runtime {

/// When a statement of a script that runs too long is stopped. One for each connection.
class StatementDeadline {
 public:
  explicit StatementDeadline(std::chrono::milliseconds timeout) : timeout_(timeout) {}

  /// Counts while a statement runs.
  class Running {
   public:
    explicit Running(StatementDeadline& deadline);
    ~Running() { deadline_.give_up_at_ = 0; }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    StatementDeadline& deadline_;
  };

  /// False while none is counted.
  bool passed() const;
  /// Makes what the engine says of a statement that was stopped say why.
  void explain(DatabaseError& error) const;

 private:
  std::chrono::milliseconds timeout_;
  int64_t give_up_at_ = 0;  ///< in `milliseconds_since_start`; 0: never
};

}  // namespace belay::runtime

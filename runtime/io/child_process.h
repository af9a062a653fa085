#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <belay/progress.h>
#include <belay/result.h>

#include "runtime/io/unique_fd.h"

namespace belay::runtime {

/// A program that runs beside us, without a shell. It is killed with the object, unless it was
/// waited for.
class ChildProcess {
 public:
  struct Request {
    std::vector<std::string> command;  ///< the program's path, and its arguments
    /// `NAME=value`, beside our own environment: what must not stand in the list of processes.
    std::vector<std::string> environment;
    /// Whether it reads from us; else it reads nothing.
    bool writes_input = false;
    /// Whether we read what it prints; else nobody does.
    bool reads_output = false;
    /// What it prints on standard error is seen where ours is; else it is kept for `wait`.
    bool shows_complaints = false;
    std::string directory = {};  ///< where it runs; empty: where we do
  };
  static Result<ChildProcess> start(const Request& request);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  /// Errors: it has closed its input, most likely because it has died.
  Result<void> write(std::string_view bytes);
  void close_input() { input_.reset(); }
  /// Whether `read` would return at once; waits so long for it.
  bool has_output(int milliseconds) const;
  /// What it prints next; empty at the end.
  Result<std::string> read();
  /// Its next line, without the end; none where its output has ended. Errors: it took longer than
  /// `limit` (none: however long), or the reading was cancelled; it is killed then.
  Result<std::optional<std::string>> read_line(
      const CancellationToken& cancellation,
      std::optional<std::chrono::milliseconds> limit = std::nullopt);
  /// Waits for its end. Errors: it did not end with 0; the message holds what it complained of.
  Result<void> wait();
  /// Kills it.
  void end();

 private:
  ChildProcess() = default;

  std::string name_;
  std::string heard_;  ///< behind the last line
  pid_t pid_ = -1;
  UniqueFd input_, output_, complaints_;
};

/// Where a program is in the directories of PATH; empty where it is in none.
std::string find_program(const std::string& name);

}  // namespace belay::runtime

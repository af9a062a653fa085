#pragma once

#include <string>
#include <vector>

#include <belay/report.h>
#include <belay/session.h>

/// The words that people read, in one place, so that every face of Belay says the same.
namespace belay::runtime {

/// The next steps, each with its command under the program's name.
class Advice {
 public:
  explicit Advice(const SessionOptions& options) : program_(options.program) {}

  std::vector<NextStep> without_session() const;
  std::vector<NextStep> after_begin() const;
  std::vector<NextStep> with_session(uint32_t pending) const;
  std::vector<NextStep> after_failure(bool guarded, bool in_part) const;
  std::vector<NextStep> after_rollback() const;
  std::vector<NextStep> after_recovery_is_due() const;
  std::vector<NextStep> while_running() const;

  std::string command(Action action) const;

 private:
  NextStep step(Action action, std::string explanation) const;

  std::string program_;
};

/// `1 row`, `12 rows`.
std::string counted(uint64_t count, const std::string& unit);
/// `512 bytes`, `3.4 MB`.
std::string file_size_text(uint64_t bytes);
/// `a, b and c`.
std::string listed(const std::vector<std::string>& items);

}  // namespace belay::runtime

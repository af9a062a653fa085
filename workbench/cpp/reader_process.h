#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <belay/progress.h>
#include <belay/result.h>

#include "analyzer/cpp/wire.h"
#include "runtime/io/child_process.h"

namespace belay::workbench {

/// A running `belay-cpp-reader`. It is started with the first question, and anew where it has died:
/// that is an error about one source, and no more. Used by one thread at a time.
class CppReader {
 public:
  /// `program`: its path.
  explicit CppReader(std::string program) : program_(std::move(program)) {}

  /// Errors: the program is not there, it has died over the source or takes too long, the reading
  /// was cancelled.
  Result<cpp::Reading> read(const cpp::wire::Question& question,
                            const runtime::CancellationToken& cancellation);

 private:
  std::string program_;
  std::optional<runtime::ChildProcess> process_;
};

/// Several of them, for as many sources at once.
class CppReaders {
 public:
  /// `program` empty: the one that was installed with this program. `count` 0: one for each core.
  explicit CppReaders(std::string program = "", unsigned count = 0);

  /// Answers in the order of the questions.
  std::vector<Result<cpp::Reading>> read(const std::vector<cpp::wire::Question>& questions,
                                         const runtime::CancellationToken& cancellation);

 private:
  std::vector<std::unique_ptr<CppReader>> readers_;
};

}  // namespace belay::workbench

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <belay/progress.h>
#include <belay/result.h>

#include "analyzer/cpp/wire/wire.h"
#include "runtime/io/child_process.h"

namespace belay::workbench {

/// The folder of Belay's public headers, where this program is installed with them; empty where
/// not.
std::string installed_headers();

/// A source as it was read.
struct ReadSource {
  std::string text;
  cpp::Reading reading;
  /// The text names a class or a function that is looked for, whether or not Clang has found it.
  bool is_meant = false;
};

/// What is known of a source: what was read, or why it could not be; null where neither is known
/// yet.
using KnownSource = std::shared_ptr<const Result<ReadSource>>;

/// The program that was installed with this one; empty where none was.
std::string installed_cpp_reader();

/// A running `belay-cpp-reader`. It is started with the first question, and anew where it has died:
/// that is an error about one source, and no more. Used by one thread at a time.
class CppReader {
 public:
  explicit CppReader(std::string program = installed_cpp_reader()) : program_(std::move(program)) {}

  /// Errors: the program is not there, it has died over the source or takes too long, the reading
  /// was cancelled.
  Result<ReadSource> read(const cpp::wire::Question& question,
                          const runtime::CancellationToken& cancellation);
  /// Ends the process; it starts again with the next question.
  void stop() { process_.reset(); }

 private:
  std::string program_;
  std::optional<runtime::ChildProcess> process_;
};

/// Who knows what C++ sources say.
class CppSourceReader {
 public:
  virtual ~CppSourceReader() = default;

  /// Answers in the order of the questions: of an earlier text where that is all that is known.
  virtual std::vector<KnownSource> read(const std::vector<cpp::wire::Question>& questions,
                                        const runtime::CancellationToken& cancellation) = 0;
};

/// Several processes, for as many sources at once. Waits for all of them.
class CppReaders : public CppSourceReader {
 public:
  /// `count` 0: one for each core.
  explicit CppReaders(const std::string& program = installed_cpp_reader(), unsigned count = 0);

  std::vector<KnownSource> read(const std::vector<cpp::wire::Question>& questions,
                                const runtime::CancellationToken& cancellation) override;

 private:
  std::vector<std::unique_ptr<CppReader>> readers_;
};

}  // namespace belay::workbench

#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lsp/log.h"
#include "lsp/task_queue.h"
#include "workbench/cpp/reader_process.h"

namespace belay::lsp {

/// Reads C++ sources beside the analysis, which never waits for Clang. A source always goes to the
/// same worker, whose process keeps what an open one includes; of several texts of it that wait
/// only the last is read, and while one is read the next waits. A process that dies takes one text
/// with it and starts again with the next.
class CppWorkers : public workbench::CppSourceReader {
 public:
  /// Told on a worker's thread which sources have been read: an open one at once, others when all
  /// that wait are.
  using Done = std::function<void(std::vector<std::string> paths)>;

  CppWorkers(Log& log, Done done) : log_(log), done_(std::move(done)) {}
  ~CppWorkers() override { stop(); }

  /// Waits for the threads to end. Nothing is told behind that.
  void stop();

  /// What is known of the sources; what is not is read, and told when it is.
  std::vector<workbench::KnownSource> read(const std::vector<cpp::wire::Question>& questions,
                                           const runtime::CancellationToken& cancellation) override;

  /// A source's text in the editor. False where nobody has asked for the source yet.
  bool edited(const std::string& path, std::string text);
  void closed(const std::string& path);

  workbench::KnownSource known(const std::string& path) const;

 private:
  struct Source {
    cpp::wire::Question question;  ///< the last
    uint64_t asked = 0;            ///< its number
    uint64_t read = 0;             ///< the number of the one that `result` answers
    bool waits = false;
    workbench::KnownSource result;
  };
  struct Worker {
    Worker(const std::string& name, Log& log) : queue(name, log) {}

    workbench::CppReader reader;
    TaskQueue queue;  // last, so that its thread ends before the reader does
  };

  void ask(const std::string& path, Source& source);  // under mutex_
  /// Starts the workers where they do not run yet.
  Worker& worker_of(const std::string& path);  // under mutex_
  void work(Worker& worker, const std::string& path);

  Log& log_;
  Done done_;
  runtime::CancellationToken stopping_;
  mutable std::mutex mutex_;
  std::map<std::string, Source> sources_;         // guarded by mutex_
  std::set<std::string> open_;                    // guarded by mutex_
  std::vector<std::string> finished_;             // guarded by mutex_; not told yet
  size_t waiting_ = 0;                            // guarded by mutex_
  bool stopped_ = false;                          // guarded by mutex_
  std::vector<std::unique_ptr<Worker>> workers_;  // guarded by mutex_; none before the first ask
};

}  // namespace belay::lsp

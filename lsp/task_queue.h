#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "lsp/log.h"
#include "lsp/trace.h"

namespace belay::lsp {

/// A thread that works through tasks in the order in which they came. A task with a subject takes
/// the place of one with the same subject that has not begun: of ten edits of a document only the
/// last is analysed, and whoever asked behind the first of them sees the last. A task with patience
/// gives way to such a one for a while, as long as nobody waits behind it. Tasks that have not
/// begun when the queue is destroyed are dropped; the one that has is waited for.
class TaskQueue {
 public:
  using Clock = std::chrono::steady_clock;

  struct TaskOptions {
    std::string subject;
    TraceLabel label;
    /// For how long it waits for another of its subject, from the first of them on.
    Clock::duration patience{};
  };

  /// `name` is for logs. `trace`, which outlives the queue, may be null.
  TaskQueue(std::string name, Log& log, Trace* trace = nullptr);
  ~TaskQueue();
  TaskQueue(const TaskQueue&) = delete;
  TaskQueue& operator=(const TaskQueue&) = delete;

  /// May be called from any thread.
  void submit(std::function<void()> task, TaskOptions options);
  void submit(std::function<void()> task) { submit(std::move(task), {}); }
  /// Puts a task behind all that wait, and drops the one with the same subject that waits. Nobody
  /// is hurried by it.
  void put_off(std::function<void()> task, std::string subject);

 private:
  struct Task {
    std::function<void()> run;
    std::string subject;
    TraceLabel label;
    Clock::time_point queued;
    Clock::time_point due;    ///< when its patience ends
    bool is_pressing = true;  ///< what stands before it waits no longer
  };

  std::deque<Task>::iterator waiting(const std::string& subject);  // under mutex_
  bool is_hurried() const;                                         // under mutex_
  /// False where the queue ends.
  bool take_next(Task& out);
  void work();
  void run(const Task& task);

  const std::string name_;
  Log& log_;
  Trace* const trace_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> tasks_;  // guarded by mutex_
  bool stopping_ = false;   // guarded by mutex_
  std::thread thread_;      // last, so that it starts when all else is there
};

}  // namespace belay::lsp

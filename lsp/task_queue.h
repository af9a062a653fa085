#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "lsp/log.h"

namespace belay::lsp {

/// A thread that works through tasks in the order in which they came. A task with a subject takes
/// the place of one with the same subject that has not begun: of ten edits of a document only the
/// last is analysed, and whoever asked behind the first of them sees the last. Tasks that have not
/// begun when the queue is destroyed are dropped; the one that has is waited for.
class TaskQueue {
 public:
  /// `name` is for logs.
  TaskQueue(std::string name, Log& log);
  ~TaskQueue();
  TaskQueue(const TaskQueue&) = delete;
  TaskQueue& operator=(const TaskQueue&) = delete;

  /// May be called from any thread.
  void submit(std::function<void()> task, std::string subject = {});
  /// Puts a task behind all that wait, and drops the one with the same subject that waits.
  void put_off(std::function<void()> task, std::string subject);

 private:
  struct Task {
    std::function<void()> run;
    std::string subject;
  };

  std::deque<Task>::iterator waiting(const std::string& subject);  // under mutex_
  void work();
  void run(const std::function<void()>& task);

  const std::string name_;
  Log& log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> tasks_;  // guarded by mutex_
  bool stopping_ = false;   // guarded by mutex_
  std::thread thread_;      // last, so that it starts when all else is there
};

}  // namespace belay::lsp

#include "lsp/task_queue.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace belay::lsp {

TaskQueue::TaskQueue(std::string name, Log& log)
    : name_(std::move(name)), log_(log), thread_([this] { work(); }) {}

TaskQueue::~TaskQueue() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void TaskQueue::submit(std::function<void()> task, std::string subject) {
  // What is replaced may hold a Reply, whose end must not come under the lock.
  std::function<void()> replaced;
  {
    const std::lock_guard lock(mutex_);
    const auto same = subject.empty()
                          ? tasks_.end()
                          : std::find_if(tasks_.begin(), tasks_.end(),
                                         [&](const Task& t) { return t.subject == subject; });
    if (same == tasks_.end()) {
      tasks_.push_back({std::move(task), std::move(subject)});
    } else {
      replaced = std::exchange(same->run, std::move(task));
    }
  }
  wake_.notify_one();
}

void TaskQueue::work() {
  while (true) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      if (stopping_) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    run(task.run);
  }
}

void TaskQueue::run(const std::function<void()>& task) {
  try {
    task();
  } catch (const std::exception& error) {
    log_.error(name_ + ": " + error.what());
  }
}

}  // namespace belay::lsp

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
    const auto same = subject.empty() ? tasks_.end() : waiting(subject);
    if (same == tasks_.end()) {
      tasks_.push_back({std::move(task), std::move(subject)});
    } else {
      replaced = std::exchange(same->run, std::move(task));
    }
  }
  wake_.notify_one();
}

void TaskQueue::put_off(std::function<void()> task, std::string subject) {
  std::function<void()> dropped;
  {
    const std::lock_guard lock(mutex_);
    if (const auto same = waiting(subject); same != tasks_.end()) {
      dropped = std::move(same->run);
      tasks_.erase(same);
    }
    tasks_.push_back({std::move(task), std::move(subject)});
  }
  wake_.notify_one();
}

std::deque<TaskQueue::Task>::iterator TaskQueue::waiting(const std::string& subject) {
  return std::find_if(tasks_.begin(), tasks_.end(),
                      [&](const Task& t) { return t.subject == subject; });
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

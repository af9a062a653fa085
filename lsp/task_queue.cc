#include "lsp/task_queue.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace belay::lsp {

TaskQueue::TaskQueue(std::string name, Log& log, Trace* trace)
    : name_(std::move(name)), log_(log), trace_(trace), thread_([this] { work(); }) {}

TaskQueue::~TaskQueue() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void TaskQueue::submit(std::function<void()> task, TaskOptions options) {
  // What is replaced may hold a Reply, whose end must not come under the lock.
  std::function<void()> replaced;
  {
    const std::lock_guard lock(mutex_);
    const auto same = options.subject.empty() ? tasks_.end() : waiting(options.subject);
    if (same == tasks_.end()) {
      const Clock::time_point now = Clock::now();
      const bool is_pressing = options.patience <= Clock::duration::zero();
      tasks_.push_back({std::move(task), std::move(options.subject), std::move(options.label), now,
                        now + options.patience, is_pressing});
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
    const Clock::time_point now = Clock::now();
    TraceLabel label{subject, ""};
    tasks_.push_back({std::move(task), std::move(subject), std::move(label), now, now, false});
  }
  wake_.notify_one();
}

std::deque<TaskQueue::Task>::iterator TaskQueue::waiting(const std::string& subject) {
  return std::find_if(tasks_.begin(), tasks_.end(),
                      [&](const Task& t) { return t.subject == subject; });
}

bool TaskQueue::is_hurried() const {
  return std::any_of(tasks_.begin(), tasks_.end(), [](const Task& t) { return t.is_pressing; });
}

bool TaskQueue::take_next(Task& out) {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (tasks_.empty()) {
      wake_.wait(lock);
      continue;
    }
    const Clock::time_point due = tasks_.front().due;
    if (due > Clock::now() && !is_hurried()) {
      wake_.wait_until(lock, due);
      continue;
    }
    out = std::move(tasks_.front());
    tasks_.pop_front();
    return true;
  }
  return false;
}

void TaskQueue::work() {
  if (trace_ != nullptr) trace_->name_thread(name_);
  while (true) {
    Task task;  // gone, with what it holds, before the next is waited for
    if (!take_next(task)) return;
    run(task);
  }
}

void TaskQueue::run(const Task& task) {
  const bool is_told = trace_ != nullptr && !task.label.name.empty();
  TraceSpan span(is_told ? trace_ : nullptr, name_, task.label.name);
  if (!task.label.id.empty()) span.note("id", task.label.id);
  const auto waited =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - task.queued);
  span.note("waited_us", int64_t{waited.count()});
  try {
    task.run();
  } catch (const std::exception& error) {
    log_.error(name_ + ": " + error.what());
  }
}

}  // namespace belay::lsp

#include "lsp/transport/memory_connection.h"

#include <utility>

namespace belay::lsp {

void MemoryConnection::send(std::string body, std::string /*subject*/) {
  const std::lock_guard lock(mutex_);
  sent_.push_back(std::move(body));
  wake_.notify_one();
}

void MemoryConnection::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  wake_.notify_one();
}

std::optional<std::string> MemoryConnection::next(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::unique_lock lock(mutex_);
  while (true) {
    if (!sent_.empty()) {
      std::string out = std::move(sent_.front());
      sent_.pop_front();
      return out;
    }
    if (!tasks_.empty()) {
      const std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      lock.lock();
      continue;
    }
    if (!wake_.wait_until(lock, deadline, [this] { return !sent_.empty() || !tasks_.empty(); })) {
      return std::nullopt;
    }
  }
}

}  // namespace belay::lsp

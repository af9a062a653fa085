#include <condition_variable>
#include <deque>
#include <functional>
#include <iostream>
#include <mutex>

#include "lsp/server.h"
#include "tests/lsp/support/wire.h"

namespace belay::lsp::testing {

class MemoryWire::Connection : public Outbox, public MainThread {
 public:
  explicit Connection(const FileSystem& disk) : log_(Log::Level::kError, print) {
    server_ = std::make_unique<Server>(*this, *this, disk, log_, ServerOptions{"test"});
  }
  // What is posted after the server's end is dropped with the queue, as by the real connection.
  ~Connection() override { server_.reset(); }

  using Outbox::send;
  void send(std::string body, std::string /*subject*/) override {
    const std::lock_guard lock(mutex_);
    sent_.push_back(std::move(body));
    wake_.notify_one();
  }
  void post(std::function<void()> task) override {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    wake_.notify_one();
  }
  void stop() override { stopped_ = true; }

  std::optional<std::string> next(std::chrono::milliseconds patience) {
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

  Server& server() { return *server_; }
  bool stopped() const { return stopped_; }

 private:
  static void print(Log::Level level, std::string_view line) {
    std::cerr << Log::level_name(level) << ": " << line << '\n';
  }

  Log log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::string> sent_;
  std::deque<std::function<void()>> tasks_;
  bool stopped_ = false;
  std::unique_ptr<Server> server_;
};

MemoryWire::MemoryWire(const FileSystem& disk) : connection_(std::make_unique<Connection>(disk)) {}
MemoryWire::~MemoryWire() = default;

void MemoryWire::send(std::string_view body) { connection_->server().on_message(body); }
std::optional<std::string> MemoryWire::receive(std::chrono::milliseconds patience) {
  return connection_->next(patience);
}
bool MemoryWire::stopped() const { return connection_->stopped(); }
int MemoryWire::exit_code() const { return connection_->server().exit_code(); }

}  // namespace belay::lsp::testing

// One thread does all input and output. It never waits for anything but the next event: what the
// client sends, room in its pipe, a task that a worker has posted. A client that stops reading
// makes the queue of outgoing messages grow, not the server stop; lists of diagnostics that nobody
// has read yet give way to newer ones.

#include "lsp/transport/stdio_connection.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <exception>
#include <iostream>
#include <iterator>
#include <list>
#include <utility>

#include "lsp/transport/message_splitter.h"

namespace belay::lsp {
namespace {

namespace asio = boost::asio;
using SystemError = boost::system::error_code;

/// Keeps the flags of a descriptor, which it may share with other programs, as they were.
class FlagsKeeper {
 public:
  explicit FlagsKeeper(int fd) : fd_(fd), flags_(fcntl(fd, F_GETFL)) {}
  ~FlagsKeeper() {
    if (flags_ >= 0) fcntl(fd_, F_SETFL, flags_);
  }
  FlagsKeeper(const FlagsKeeper&) = delete;
  FlagsKeeper& operator=(const FlagsKeeper&) = delete;

 private:
  int fd_;
  int flags_;
};

struct Outgoing {
  std::string header;
  std::string body;
  std::string subject;
};

}  // namespace

class StdioConnection::Loop {
 public:
  Loop(int input, int output)
      : input_flags_(input),
        output_flags_(output),
        input_(io_, input),
        output_(io_, output),
        last_words_(io_) {}

  ~Loop() {
    input_.release();
    output_.release();
  }

  void run(Receiver& receiver) {
    receiver_ = &receiver;
    const auto guard = asio::make_work_guard(io_);
    read();
    io_.run();
  }

  template <class Task>
  void post(Task task) {
    asio::post(io_, [task = std::move(task)] {
      try {
        task();
      } catch (const std::exception& error) {
        std::cerr << "belay: internal error: " << error.what() << '\n';
      }
    });
  }

  void send(Outgoing message) {
    asio::dispatch(io_, [this, message = std::move(message)]() mutable {
      forget_earlier(message.subject);
      queue_.push_back(std::move(message));
      if (queue_.size() == 1) write();
    });
  }

  void stop() {
    asio::dispatch(io_, [this] {
      if (stopping_) return;
      stopping_ = true;
      SystemError ignored;
      input_.cancel(ignored);
      if (queue_.empty()) return io_.stop();
      // The last answers are worth a moment, but a client that no longer reads must not hold us.
      last_words_.expires_after(std::chrono::seconds(1));
      last_words_.async_wait([this](SystemError) { io_.stop(); });
    });
  }

 private:
  void read() {
    input_.async_read_some(asio::buffer(chunk_), [this](SystemError error, size_t bytes) {
      if (stopping_) return;
      if (error) return receiver_->on_end(!splitter_.between_messages());
      splitter_.feed({chunk_.data(), bytes});
      hand_out();
      if (!stopping_) read();
    });
  }

  void hand_out() {
    using Event = MessageSplitter::Event;
    for (Event event = splitter_.next(); event != Event::kNeedMore && !stopping_;
         event = splitter_.next()) {
      if (event == Event::kMessage) {
        receiver_->on_message(splitter_.body());
      } else if (event == Event::kTooLarge) {
        receiver_->on_malformed("the message is too large and was passed over");
      } else {
        receiver_->on_malformed("the header has no usable Content-Length");
      }
    }
  }

  void forget_earlier(const std::string& subject) {
    if (subject.empty() || queue_.size() < 2) return;
    // The first is on its way already.
    const auto same = std::find_if(std::next(queue_.begin()), queue_.end(),
                                   [&](const Outgoing& o) { return o.subject == subject; });
    if (same != queue_.end()) queue_.erase(same);
  }

  void write() {
    const Outgoing& first = queue_.front();
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(first.header),
                                                       asio::buffer(first.body)};
    asio::async_write(output_, buffers, [this](SystemError error, size_t) {
      if (error) {
        // Nobody reads us any more.
        queue_.clear();
        if (stopping_) return io_.stop();
        return receiver_->on_end(false);
      }
      queue_.pop_front();
      if (!queue_.empty()) return write();
      if (stopping_) io_.stop();
    });
  }

  FlagsKeeper input_flags_;
  FlagsKeeper output_flags_;
  asio::io_context io_{1};
  asio::posix::stream_descriptor input_;
  asio::posix::stream_descriptor output_;
  asio::steady_timer last_words_;
  Receiver* receiver_ = nullptr;
  MessageSplitter splitter_;
  std::array<char, size_t{1} << 16U> chunk_ = {};
  std::list<Outgoing> queue_;  ///< the first is being written and must not move
  bool stopping_ = false;
};

StdioConnection::StdioConnection(int input, int output)
    : loop_(std::make_unique<Loop>(input, output)) {}
StdioConnection::~StdioConnection() = default;

void StdioConnection::run(Receiver& receiver) { loop_->run(receiver); }

void StdioConnection::send(std::string body, std::string subject) {
  std::string header = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  loop_->send({std::move(header), std::move(body), std::move(subject)});
}

void StdioConnection::post(std::function<void()> task) { loop_->post(std::move(task)); }

void StdioConnection::stop() { loop_->stop(); }

}  // namespace belay::lsp

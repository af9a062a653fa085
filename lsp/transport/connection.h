#pragma once

#include <functional>
#include <string>
#include <string_view>

/// What the server knows of the world that its messages come from. The program connects it to
/// standard input and output, tests connect it to a client in memory.
namespace belay::lsp {

/// Takes messages to the client, in the order of the calls. May be called from any thread.
class Outbox {
 public:
  virtual ~Outbox() = default;

  /// `body` is a whole message. One with a `subject` makes an earlier one with the same subject
  /// unnecessary, which is left out if it still waits for a client that reads slowly.
  virtual void send(std::string body, std::string subject) = 0;
  void send(std::string body) { send(std::move(body), std::string()); }
};

/// The thread on which messages arrive, and which owns all state of the protocol.
class MainThread {
 public:
  virtual ~MainThread() = default;

  /// Runs `task` on the main thread, later. May be called from any thread.
  virtual void post(std::function<void()> task) = 0;
  /// Ends the connection once what was sent is written. Nothing is received any more.
  virtual void stop() = 0;
};

/// Where what was received goes, on the main thread.
class Receiver {
 public:
  virtual ~Receiver() = default;

  virtual void on_message(std::string_view body) = 0;
  /// Something stood in the stream that is no message.
  virtual void on_malformed(std::string_view what) = 0;
  /// The other side is gone; `truncated` in the middle of a message.
  virtual void on_end(bool truncated) = 0;
};

}  // namespace belay::lsp

#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/file_system.h"

namespace belay::lsp::testing {

/// What a client in a test is connected to.
class Wire {
 public:
  virtual ~Wire() = default;

  /// The body of a message.
  virtual void send(std::string_view body) = 0;
  /// The next body that the server sends; none where nothing comes in time, or the server is gone.
  virtual std::optional<std::string> receive(std::chrono::milliseconds patience) = 0;
};

/// A server in this process. The thread that calls `receive` and `send` is its main thread.
class MemoryWire : public Wire {
 public:
  explicit MemoryWire(const FileSystem& disk);
  ~MemoryWire() override;

  void send(std::string_view body) override;
  std::optional<std::string> receive(std::chrono::milliseconds patience) override;

  bool stopped() const;
  int exit_code() const;

 private:
  class Connection;
  std::unique_ptr<Connection> connection_;
};

/// The program itself, as a child process over pipes.
class ProcessWire : public Wire {
 public:
  /// `arguments` follow the program's name.
  explicit ProcessWire(std::vector<std::string> arguments = {"lsp", "--log", "off"});
  ~ProcessWire() override;
  ProcessWire(const ProcessWire&) = delete;
  ProcessWire& operator=(const ProcessWire&) = delete;

  void send(std::string_view body) override;
  std::optional<std::string> receive(std::chrono::milliseconds patience) override;

  /// Bytes as they are, headers included.
  void send_bytes(std::string_view bytes);
  void close_input();
  /// No answer is read any more, as of an editor that has died.
  void close_output();
  bool is_alive();
  /// All bytes that the server wrote, and those of the messages among them with plain headers.
  size_t bytes_received() const;
  size_t bytes_of_messages() const;
  /// What the process ended with, minus the signal that killed it; none where it does not end.
  std::optional<int> exit_code(std::chrono::milliseconds patience = std::chrono::seconds(10));

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace belay::lsp::testing

#pragma once

#include <cstdint>

#include <belay/result.h>

namespace belay::lsp {

/// Waits on a port of 127.0.0.1 for one client. Nobody but programs of this machine can reach it;
/// of those the first one is taken, whoever runs it.
class LoopbackListener {
 public:
  /// Port 0: one that is free. Errors: the port is taken or may not be used.
  static Result<LoopbackListener> listen(uint16_t port);
  LoopbackListener(LoopbackListener&& other) noexcept;
  LoopbackListener& operator=(LoopbackListener&&) = delete;
  ~LoopbackListener();

  uint16_t port() const { return port_; }
  /// The client's socket, which the caller owns. Nobody is listened to any more.
  Result<int> accept();

 private:
  LoopbackListener(int fd, uint16_t port) : fd_(fd), port_(port) {}
  void close();

  int fd_;
  uint16_t port_;
};

}  // namespace belay::lsp

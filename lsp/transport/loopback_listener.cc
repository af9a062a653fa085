#include "lsp/transport/loopback_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace belay::lsp {
namespace {

Error port_error(uint16_t port, const char* what) {
  return {std::string(what) + ": " + std::strerror(errno), "127.0.0.1:" + std::to_string(port), ""};
}

}  // namespace

Result<LoopbackListener> LoopbackListener::listen(uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return port_error(port, "no socket can be had");
  LoopbackListener out(fd, port);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (::bind(fd, any, size) != 0 || ::listen(fd, 1) != 0 || ::getsockname(fd, any, &size) != 0) {
    return port_error(port, "the port cannot be listened on");
  }
  out.port_ = ntohs(address.sin_port);
  return out;
}

LoopbackListener::LoopbackListener(LoopbackListener&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), port_(other.port_) {}

LoopbackListener::~LoopbackListener() { close(); }

void LoopbackListener::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<int> LoopbackListener::accept() {
  while (true) {
    const int client = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (client < 0) return port_error(port_, "no client can be taken");
    close();
    // Messages are small and wait for answers: none is held back for a fuller packet.
    const int on = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return client;
  }
}

}  // namespace belay::lsp

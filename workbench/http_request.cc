// A client for one request and the first line of its answer, over plain sockets: enough to tell a
// service on the same network that a session begins. Nothing that is secret goes this way.
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "workbench/hooks.h"

namespace belay::workbench {
namespace {

using Clock = std::chrono::steady_clock;

struct Address {
  std::string host, port, path;
};

Address address_of(const std::string& url) {
  constexpr size_t kScheme = 7;  // http://
  const size_t slash = std::min(url.find('/', kScheme), url.size());
  const std::string authority = url.substr(kScheme, slash - kScheme);
  Address out;
  out.path = slash == url.size() ? "/" : url.substr(slash, url.find('#', slash) - slash);
  const size_t bracket = authority.find(']');  // [::1]:8080
  const size_t colon = authority.find(':', bracket == std::string::npos ? 0 : bracket);
  out.host = authority.substr(0, colon);
  if (out.host.starts_with("[")) out.host = out.host.substr(1, out.host.size() - 2);
  out.port = colon == std::string::npos ? "80" : authority.substr(colon + 1);
  return out;
}

class Socket {
 public:
  Socket(int fd, Clock::time_point end) : fd_(fd), end_(end) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  /// Until it can be read or written; false when the time is over.
  bool wait(short events) const {
    pollfd entry{fd_, events, 0};
    for (;;) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(end_ - Clock::now()).count();
      if (left <= 0) return false;
      const int ready = ::poll(&entry, 1, static_cast<int>(std::min<long long>(left, 60'000)));
      if (ready > 0) return true;
      if (ready < 0 && errno != EINTR) return false;
    }
  }

  bool connect_to(const addrinfo& info) const {
    if (::connect(fd_, info.ai_addr, info.ai_addrlen) == 0) return true;
    if (errno != EINPROGRESS || !wait(POLLOUT)) return false;
    int code = 0;
    socklen_t length = sizeof code;
    return ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &code, &length) == 0 && code == 0;
  }

  bool write_all(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n > 0) {
        text.remove_prefix(static_cast<size_t>(n));
      } else if (errno == EAGAIN ? !wait(POLLOUT) : errno != EINTR) {
        return false;
      }
    }
    return true;
  }

  /// The answer's first line; empty where none came in time.
  std::string read_line() const {
    std::string out;
    constexpr size_t kMost = 4096;
    while (out.find('\n') == std::string::npos && out.size() < kMost) {
      char piece[512];
      const ssize_t n = ::recv(fd_, piece, sizeof piece, 0);
      if (n > 0) {
        out.append(piece, static_cast<size_t>(n));
      } else if (n == 0 || (errno == EAGAIN ? !wait(POLLIN) : errno != EINTR)) {
        break;
      }
    }
    const size_t end = out.find('\n');
    return end == std::string::npos ? "" : out.substr(0, end - (end > 0 && out[end - 1] == '\r'));
  }

 private:
  int fd_;
  Clock::time_point end_;
};

std::string request_text(const std::string& method, const Address& to, const std::string& body) {
  const bool literal = to.host.find(':') != std::string::npos;
  std::string out = method + " " + to.path +
                    " HTTP/1.1\r\nHost: " + (literal ? "[" + to.host + "]" : to.host) + ":" +
                    to.port + "\r\nUser-Agent: belay\r\nAccept: */*\r\nConnection: close\r\n";
  if (!body.empty()) {
    out +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return out + "\r\n" + body;
}

bool is_success(const std::string& line) {
  // HTTP/1.1 204 No Content
  return line.starts_with("HTTP/1.") && line.size() > 9 && line[8] == ' ' && line[9] == '2';
}

}  // namespace

Result<void> http_request(const std::string& method, const std::string& url,
                          const std::string& json_body, std::chrono::milliseconds timeout) {
  const Address to = address_of(url);
  const Clock::time_point end = Clock::now() + timeout;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = ::getaddrinfo(to.host.c_str(), to.port.c_str(), &hints, &found); code != 0) {
    return Error{std::string("the host is not known: ") + ::gai_strerror(code), url, ""};
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, ::freeaddrinfo);
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    const Socket socket(
        ::socket(info->ai_family, info->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), end);
    if (!socket.connect_to(*info)) continue;
    if (!socket.write_all(request_text(method, to, json_body))) break;
    const std::string line = socket.read_line();
    if (is_success(line)) return {};
    return Error{line.empty() ? "there was no answer in time" : "the answer was `" + line + "`",
                 url, ""};
  }
  return Error{"nobody answers there", url, "check that the service is running"};
}

}  // namespace belay::workbench

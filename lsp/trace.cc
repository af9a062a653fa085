#include "lsp/trace.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace belay::lsp {
namespace {

/// All of it, as far as the disk takes it: a trace that cannot be written must not stop a server.
void write_to_trace(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

Result<std::unique_ptr<Trace>> Trace::open(const std::string& path) {
  constexpr mode_t kOwnersOnly = 0600;  // it names the files of a project
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOwnersOnly);
  if (fd < 0)
    return Error{std::string("the trace cannot be written: ") + std::strerror(errno), path, ""};
  return std::unique_ptr<Trace>(new Trace(fd));
}

Trace::~Trace() {
  write_to_trace(fd_, is_first_ ? "[\n]\n" : "\n]\n");
  ::close(fd_);
}

int64_t Trace::microseconds(Clock::time_point at) const {
  return std::chrono::duration_cast<std::chrono::microseconds>(at - start_).count();
}

/// The members of the event's object that all have, and those that `write` adds.
template <class Write>
void Trace::event(char phase, std::string_view name, Write write) {
  std::string text = "{";
  JsonWriter w(text);
  w.member("ph", std::string_view(&phase, 1));
  w.member("name", name);
  w.member("pid", int64_t{::getpid()});
  w.member("tid", int64_t{::gettid()});
  write(w);
  text += '}';
  const std::lock_guard lock(mutex_);
  write_to_trace(fd_, (is_first_ ? "[\n" : ",\n") + text);
  is_first_ = false;
}

void Trace::name_thread(std::string_view name) {
  event('M', "thread_name", [&](JsonWriter& w) {
    w.key("args");
    w.begin_object();
    w.member("name", name);
    w.end_object();
  });
}

void Trace::done(std::string_view category, std::string_view name, Clock::time_point begin,
                 std::string_view arguments) {
  const int64_t from = microseconds(begin);
  event('X', name, [&](JsonWriter& w) {
    w.member("cat", category);
    w.member("ts", from);
    w.member("dur", microseconds(Clock::now()) - from);
    w.key("args");
    w.raw("{" + std::string(arguments) + "}");
  });
}

void Trace::begin(std::string_view category, std::string_view name, std::string_view id) {
  event('b', name, [&](JsonWriter& w) {
    w.member("cat", category);
    w.member("id", id);
    w.member("ts", microseconds(Clock::now()));
  });
}

void Trace::end(std::string_view category, std::string_view name, std::string_view id,
                std::string_view arguments) {
  event('e', name, [&](JsonWriter& w) {
    w.member("cat", category);
    w.member("id", id);
    w.member("ts", microseconds(Clock::now()));
    w.key("args");
    w.raw("{" + std::string(arguments) + "}");
  });
}

}  // namespace belay::lsp

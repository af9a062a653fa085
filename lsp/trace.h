#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <belay/result.h>

#include "lsp/transport/json_writer.h"

namespace belay::lsp {

/// A file that tells what the server does and how long it takes, in the event format that
/// `about:tracing` and Perfetto read (array form). Each event is written as a whole, so that what a
/// killed server leaves lacks nothing but the closing bracket, which that form lets one leave out.
/// May be used from any thread.
class Trace {
 public:
  using Clock = std::chrono::steady_clock;

  /// Begins the file anew.
  static Result<std::unique_ptr<Trace>> open(const std::string& path);
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  /// What the calling thread is called from here on.
  void name_thread(std::string_view name);
  /// Something that the calling thread has done from `begin` until now. `arguments`: the members
  /// of a JSON object as text, without its braces.
  void done(std::string_view category, std::string_view name, Clock::time_point begin,
            std::string_view arguments = {});
  /// The beginning and the end of something that no one thread does: a request, by its id.
  void begin(std::string_view category, std::string_view name, std::string_view id);
  void end(std::string_view category, std::string_view name, std::string_view id,
           std::string_view arguments);

 private:
  explicit Trace(int fd) : fd_(fd) {}

  int64_t microseconds(Clock::time_point at) const;
  template <class Write>
  void event(char phase, std::string_view name, Write write);

  const int fd_;
  const Clock::time_point start_ = Clock::now();
  std::mutex mutex_;
  bool is_first_ = true;  // guarded by mutex_
};

/// What a task is called in a trace.
struct TraceLabel {
  std::string name;  ///< empty: it is not told of
  std::string id;    ///< of the request that it answers, as JSON text; empty: none
};

/// Tells a trace what the calling thread does as long as this is there; nothing where it is null.
class TraceSpan {
 public:
  TraceSpan(Trace* trace, std::string_view category, std::string name)
      : trace_(trace), category_(category), name_(std::move(name)) {}
  ~TraceSpan() {
    if (trace_ != nullptr) trace_->done(category_, name_, begin_, arguments_);
  }
  TraceSpan(const TraceSpan&) = delete;
  TraceSpan& operator=(const TraceSpan&) = delete;

  template <class Value>
  void note(std::string_view name, const Value& value) {
    if (trace_ != nullptr) JsonWriter(arguments_).member(name, value);
  }

 private:
  Trace* const trace_;
  const std::string_view category_;
  const std::string name_;
  const Trace::Clock::time_point begin_ = Trace::Clock::now();
  std::string arguments_;
};

}  // namespace belay::lsp

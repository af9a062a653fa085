#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace belay::lsp {

/// What the server tells those who run it, line by line. May be used from any thread.
class Log {
 public:
  enum class Level : uint8_t { kOff, kError, kWarning, kInfo };
  using Sink = std::function<void(Level, std::string_view line)>;

  Log(Level level, Sink sink) : level_(level), sink_(std::move(sink)) {}

  bool shows(Level level) const { return level <= level_; }
  void error(std::string_view line) { write(Level::kError, line); }
  void warning(std::string_view line) { write(Level::kWarning, line); }
  void info(std::string_view line) { write(Level::kInfo, line); }

  /// `off`, `error`, `warning`, `info`.
  static std::string_view level_name(Level level);
  static std::optional<Level> level_from_name(std::string_view name);

 private:
  void write(Level level, std::string_view line) {
    if (!shows(level)) return;
    const std::lock_guard lock(mutex_);
    sink_(level, line);
  }

  const Level level_;
  const Sink sink_;
  std::mutex mutex_;
};

}  // namespace belay::lsp

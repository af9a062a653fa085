#include "runtime/io/clock.h"

#include <sys/time.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <random>

#include "support/ascii.h"
#include "support/counted.h"

namespace belay::runtime {
namespace {

std::string format_utc(time_t seconds, const char* format) {
  struct tm parts {};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  return {text.data(), strftime(text.data(), text.size(), format, &parts)};
}

}  // namespace

std::string utc_text(std::chrono::system_clock::time_point at) {
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(at - second);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(ms.count()));
  return format_utc(std::chrono::system_clock::to_time_t(second), "%Y-%m-%dT%H:%M:%S") +
         fraction.data();
}

std::string utc_now() { return utc_text(std::chrono::system_clock::now()); }

std::optional<int64_t> seconds_since(const std::string& utc) {
  struct tm parts {};
  if (strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr) return std::nullopt;
  // Not `time()`, whose coarser clock may still be in the second before.
  const time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return static_cast<int64_t>(now - timegm(&parts));
}

std::string age_of(const std::string& utc) {
  const std::optional<int64_t> age = seconds_since(utc);
  if (!age) return {};
  if (*age < 0) return "in the future";
  const auto seconds = static_cast<uint64_t>(*age);
  constexpr uint64_t kMinute = 60;
  constexpr uint64_t kHour = 60 * kMinute;
  constexpr uint64_t kDay = 24 * kHour;
  constexpr uint64_t kNow = 2;
  if (seconds < kNow) return "just now";
  if (seconds < 2 * kMinute) return counted(seconds, "second") + " ago";
  if (seconds < 2 * kHour) return counted(seconds / kMinute, "minute") + " ago";
  if (seconds < 2 * kDay) return counted(seconds / kHour, "hour") + " ago";
  return counted(seconds / kDay, "day") + " ago";
}

std::string new_session_id() {
  std::random_device random;
  std::array<char, 8> suffix{};
  std::snprintf(suffix.data(), suffix.size(), "-%06x", random() & 0xFFFFFFU);
  return format_utc(time(nullptr), "%Y%m%dT%H%M%SZ") + suffix.data();
}

bool is_session_id(std::string_view name) {
  constexpr size_t kDate = 8;
  return name.size() > kDate && name[kDate] == 'T' &&
         std::all_of(name.begin(), name.begin() + kDate, ascii::is_digit);
}

int64_t milliseconds_since_start() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace belay::runtime

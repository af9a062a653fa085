#include "analyzer/project/duration.h"

#include <charconv>
#include <cstdint>
#include <limits>

namespace belay::project {

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || count < 0 || end + 1 != text.data() + text.size()) {
    return std::nullopt;
  }
  constexpr int64_t kMinute = 60;
  constexpr int64_t kHour = 60 * kMinute;
  int64_t unit = 0;
  switch (*end) {
    case 's': unit = 1; break;
    case 'm': unit = kMinute; break;
    case 'h': unit = kHour; break;
    case 'd': unit = 24 * kHour; break;
    default: return std::nullopt;
  }
  if (count > std::numeric_limits<int64_t>::max() / unit) return std::nullopt;
  return std::chrono::seconds(count * unit);
}

}  // namespace belay::project

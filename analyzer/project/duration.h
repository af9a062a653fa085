#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace belay::project {

/// `90s`, `30m`, `24h`, `7d`: a whole number and its unit; empty for anything else.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace belay::project

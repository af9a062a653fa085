#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace belay::workbench {

/// The version that follows `newest` in its own style: `0042` to `0043`, `2.10` to `2.11`; a time
/// in any of the forms that tools write (`20240131120000`, with milliseconds, `2024-01-31-120000`,
/// seconds or milliseconds since 1970) to that of `now`, or to the next one after `newest` where
/// that is later.
std::string next_version(std::string_view newest, std::chrono::system_clock::time_point now);

/// `now` as `form` says, by strftime, in UTC.
std::string time_text(std::chrono::system_clock::time_point now, const char* form);

}  // namespace belay::workbench

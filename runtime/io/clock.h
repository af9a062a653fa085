#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace belay::runtime {

/// A time in UTC: `2026-01-31T12:00:00.123Z`.
std::string utc_text(std::chrono::system_clock::time_point at);
/// Now, in the same form.
std::string utc_now();
/// `3 hours ago`, for a time as `utc_now` writes it; empty where it is none.
std::string age_of(const std::string& utc);
/// Seconds since a time as `utc_now` writes it, negative for one in the future; empty where it is
/// none.
std::optional<int64_t> seconds_since(const std::string& utc);
/// A name for a session that sorts by time and that no other has: `20260131T120000Z-9f3a1c`.
std::string new_session_id();
/// Whether a name is one of these, by the date that it begins with.
bool is_session_id(std::string_view name);
int64_t milliseconds_since_start();

}  // namespace belay::runtime

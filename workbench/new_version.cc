#include "workbench/new_version.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>

#include "support/ascii.h"

namespace belay::workbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = std::chrono::system_clock::time_point;

/// A way to write a time. The length of what it writes is always the same.
struct TimeForm {
  const char* form;
  size_t length;
  milliseconds step;
  bool thousandths = false;
};

constexpr std::array<TimeForm, 5> kForms = {{{"%Y%m%d%H%M%S", 14, seconds(1)},
                                             {"%Y%m%d%H%M%S", 17, milliseconds(1), true},
                                             {"%Y-%m-%d-%H%M%S", 17, seconds(1)},
                                             {"%Y%m%d%H%M", 12, std::chrono::minutes(1)},
                                             {"%Y%m%d", 8, std::chrono::hours(24)}}};

int64_t epoch_ms(Time at) {
  return std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count();
}

std::string written(Time at, const TimeForm& form) {
  std::string out = time_text(at, form.form);
  if (!form.thousandths) return out;
  std::array<char, 8> rest{};
  std::snprintf(rest.data(), rest.size(), "%03d", static_cast<int>(epoch_ms(at) % 1000));
  return out + rest.data();
}

/// The time that a version is, where it is written in that form and no other.
std::optional<Time> read(std::string_view version, const TimeForm& form) {
  if (version.size() != form.length) return std::nullopt;
  const std::string text(version.substr(0, form.thousandths ? version.size() - 3 : version.size()));
  std::tm parts{};
  const char* end = ::strptime(text.c_str(), form.form, &parts);
  if (end == nullptr || *end != '\0' || parts.tm_year < 70 || parts.tm_year > 300)
    return std::nullopt;
  Time out = std::chrono::system_clock::from_time_t(::timegm(&parts));
  if (form.thousandths) out += milliseconds(std::atoi(std::string(version.substr(14)).c_str()));
  return written(out, form) == version ? std::optional(out) : std::nullopt;
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), ascii::is_digit);
}

/// One more, in as many digits.
std::string incremented(std::string digits) {
  for (size_t i = digits.size(); i-- > 0;) {
    if (digits[i] != '9') {
      ++digits[i];
      return digits;
    }
    digits[i] = '0';
  }
  return "1" + digits;
}

}  // namespace

std::string time_text(Time now, const char* form) {
  const std::time_t at = std::chrono::system_clock::to_time_t(std::chrono::floor<seconds>(now));
  std::tm parts{};
  ::gmtime_r(&at, &parts);
  std::array<char, 64> out{};
  return {out.data(), std::strftime(out.data(), out.size(), form, &parts)};
}

std::string next_version(std::string_view newest, Time now) {
  for (const TimeForm& form : kForms) {
    const std::optional<Time> last = read(newest, form);
    if (last) return written(std::max(now, *last + form.step), form);
  }
  const bool digits = is_digits(newest);
  // From 2001 on: nobody counts that far.
  if (digits && (newest.size() == 10 || newest.size() == 13) && newest[0] == '1') {
    const int64_t last = std::atoll(std::string(newest).c_str());
    const int64_t present = newest.size() == 10 ? epoch_ms(now) / 1000 : epoch_ms(now);
    return std::to_string(std::max(present, last + 1));
  }
  const size_t part = newest.find_last_not_of("0123456789");
  const size_t from = part == std::string_view::npos ? 0 : part + 1;
  return std::string(newest.substr(0, from)) + incremented(std::string(newest.substr(from)));
}

}  // namespace belay::workbench

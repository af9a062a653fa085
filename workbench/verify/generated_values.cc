#include "workbench/verify/generated_values.h"

#include <algorithm>
#include <cstdio>

namespace belay::workbench {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

std::string padded(uint32_t number, size_t width) {
  std::string out = std::to_string(number);
  if (out.size() < width) out.insert(0, width - out.size(), '0');
  return out;
}

int64_t largest(const std::vector<int64_t>& numbers) {
  return *std::max_element(numbers.begin(), numbers.end());
}

std::string text_value(const ColumnShape& column, uint32_t row, Flavour flavour) {
  if (flavour == Flavour::kJson || column.check_wants_json) return "{}";
  if (flavour == Flavour::kLiterals && !column.check_texts.empty()) {
    return column.check_texts[(row - 1) % column.check_texts.size()];
  }
  std::string out = "v" + std::to_string(row);
  constexpr int64_t kLongestMadeUp = 100'000;
  if (flavour == Flavour::kSized && !column.check_numbers.empty()) {
    const int64_t size = std::clamp<int64_t>(largest(column.check_numbers), 0, kLongestMadeUp);
    out.resize(static_cast<size_t>(size), 'x');
  }
  if (column.longest > 0 && out.size() > column.longest) {
    out = std::to_string(row).substr(0, column.longest);
  }
  return out;
}

int64_t integer_value(const ColumnShape& column, uint32_t row, Flavour flavour) {
  if (!column.check_numbers.empty()) {
    if (flavour == Flavour::kSized) return largest(column.check_numbers) + row;
    if (flavour == Flavour::kNumbers) {
      return column.check_numbers[(row - 1) % column.check_numbers.size()];
    }
  }
  return row;
}

std::string bytes_value(const ColumnShape& column, uint32_t row, Flavour flavour, Engine engine) {
  size_t size = 1;
  constexpr int64_t kLongestMadeUp = 4096;
  if (flavour == Flavour::kSized && !column.check_numbers.empty()) {
    size =
        static_cast<size_t>(std::clamp<int64_t>(largest(column.check_numbers), 1, kLongestMadeUp));
  }
  constexpr uint32_t kTwoDigits = 100;
  std::string digits = padded(row % kTwoDigits, 2);
  digits.resize(size * 2, '0');
  return engine == Engine::kSqlite ? "x'" + digits + "'" : "'\\x" + digits + "'";
}

}  // namespace

std::optional<std::string> generated_value(const ColumnShape& column, uint32_t row, Flavour flavour,
                                           Engine engine) {
  constexpr uint32_t kDaysOfMonth = 28;
  constexpr uint32_t kSeconds = 60;
  const std::string day = "2020-01-" + padded((row - 1) % kDaysOfMonth + 1, 2);
  const std::string time = "00:00:" + padded(row % kSeconds, 2);
  const std::string number = std::to_string(row);
  switch (column.kind) {
    case ValueKind::kNone: return std::nullopt;
    case ValueKind::kInteger:
    case ValueKind::kReal: return std::to_string(integer_value(column, row, flavour));
    case ValueKind::kText: return quoted(text_value(column, row, flavour));
    case ValueKind::kBoolean:
      if (engine == Engine::kSqlite) return std::to_string(row % 2);
      return row % 2 == 0 ? "false" : "true";
    case ValueKind::kBytes: return bytes_value(column, row, flavour, engine);
    case ValueKind::kUuid: return quoted("00000000-0000-4000-8000-" + padded(row, 12));
    case ValueKind::kDate: return quoted(day);
    case ValueKind::kTimestamp: return quoted(day + " 00:00:00");
    case ValueKind::kTime: return quoted(time);
    case ValueKind::kInterval: return quoted(number + " days");
    case ValueKind::kJson: return quoted("{}");
    case ValueKind::kXml: return quoted("<a/>");
    case ValueKind::kAddress: return quoted("10.0.0." + number);
    case ValueKind::kMacAddress: return quoted("08:00:2b:01:02:" + padded(row % 100, 2));
    case ValueKind::kPoint: return quoted("(" + number + "," + number + ")");
    case ValueKind::kBits: return quoted("0");
    case ValueKind::kLabel:
      if (column.labels.empty()) return std::nullopt;
      return quoted(column.labels[(row - 1) % column.labels.size()]);
    case ValueKind::kPath: return quoted("a.b" + number);
    case ValueKind::kArray: return quoted("{}");
    case ValueKind::kRange: return quoted("empty");
  }
  return std::nullopt;
}

}  // namespace belay::workbench

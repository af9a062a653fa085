#include "lsp/transport/json.h"

#include <cstdint>
#include <nlohmann/json.hpp>

#include "analyzer/text/utf8.h"

namespace belay::lsp {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// The code unit of a `\uXXXX` at `at`; none where there is no such escape.
std::optional<uint32_t> escaped_unit(std::string_view text, size_t at) {
  constexpr size_t kEscapeBytes = 6;
  if (text.size() < at + kEscapeBytes || text[at] != '\\' || text[at + 1] != 'u') {
    return std::nullopt;
  }
  uint32_t unit = 0;
  for (size_t i = at + 2; i < at + kEscapeBytes; ++i) {
    const char c = text[i];
    uint32_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<uint32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<uint32_t>(c - 'A' + 10);
    } else {
      return std::nullopt;
    }
    unit = unit * 16 + digit;
  }
  return unit;
}

bool is_high_surrogate(uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low_surrogate(uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

}  // namespace

std::string repaired_json(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '\\') {
      const std::optional<uint32_t> unit = escaped_unit(text, at);
      size_t length = unit ? 6 : 2;
      if (unit && is_high_surrogate(*unit)) {
        const std::optional<uint32_t> second = escaped_unit(text, at + length);
        if (second && is_low_surrogate(*second)) {
          length *= 2;
        } else {
          out.append(kReplacement);
          at += length;
          continue;
        }
      } else if (unit && is_low_surrogate(*unit)) {
        out.append(kReplacement);
        at += length;
        continue;
      }
      // A backslash may stand before an ill-formed byte, which is a step of its own.
      if (!unit && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0x80) {
        length = 1;
      }
      out.append(text.substr(at, length));
      at += length;
      continue;
    }
    const utf8::Step step = utf8::step_at(text, at);
    if (step.well_formed) {
      out.append(text.substr(at, step.bytes));
    } else {
      out.append(kReplacement);
    }
    at += step.bytes;
  }
  return out;
}

std::optional<Json> parse_json(std::string_view text) {
  Json out = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!out.is_discarded()) return out;
  out = Json::parse(repaired_json(text), nullptr, /*allow_exceptions=*/false);
  if (out.is_discarded()) return std::nullopt;
  return out;
}

}  // namespace belay::lsp

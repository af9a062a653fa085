#include "lsp/transport/json_writer.h"

#include <array>
#include <charconv>

#include "analyzer/text/utf8.h"

namespace belay::lsp {
namespace {

/// Bytes that a JSON string may hold as they are.
constexpr std::array<bool, 256> plain_bytes() {
  std::array<bool, 256> out = {};
  for (size_t i = 0x20; i < 0x80; ++i) out[i] = i != '"' && i != '\\';
  return out;
}
constexpr std::array<bool, 256> kPlain = plain_bytes();

void append_escaped(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
      out += "\\u00";
      out += kDigits[static_cast<unsigned char>(c) >> 4U];
      out += kDigits[static_cast<unsigned char>(c) & 0xFU];
  }
}

}  // namespace

void JsonWriter::key(std::string_view name) {
  comma();
  out_ += '"';
  out_ += name;
  out_ += "\":";
}

void JsonWriter::string(std::string_view text) {
  comma();
  out_ += '"';
  size_t at = 0;
  while (at < text.size()) {
    size_t end = at;
    while (end < text.size() && kPlain[static_cast<unsigned char>(text[end])]) ++end;
    out_.append(text, at, end - at);
    at = end;
    if (at == text.size()) break;
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      append_escaped(out_, text[at++]);
      continue;
    }
    const utf8::Step step = utf8::step_at(text, at);
    if (step.well_formed) {
      out_.append(text, at, step.bytes);
    } else {
      out_ += "\xEF\xBF\xBD";
    }
    at += step.bytes;
  }
  out_ += '"';
}

void JsonWriter::number(int64_t value) {
  comma();
  std::array<char, 24> digits = {};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out_.append(digits.data(), result.ptr);
}

void JsonWriter::boolean(bool value) {
  comma();
  out_ += value ? "true" : "false";
}

void JsonWriter::null() {
  comma();
  out_ += "null";
}

void JsonWriter::raw(std::string_view json) {
  comma();
  out_ += json;
}

}  // namespace belay::lsp

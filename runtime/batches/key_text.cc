#include <charconv>

#include "analyzer/text/utf8.h"
#include "runtime/batches/key.h"
#include "runtime/io/text_form.h"

namespace belay::runtime {
namespace {

template <class Number>
std::optional<Value> number_of_digits(std::string_view text) {
  Number out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace

// The first letter tells the kind: SQLite compares values of different kinds in one column.
std::string key_text(const Value& key) {
  if (const auto* number = std::get_if<int64_t>(&key)) return "i" + digits_of(*number);
  if (const auto* real = std::get_if<double>(&key)) return "r" + digits_of(*real);
  if (const auto* blob = std::get_if<Blob>(&key)) return "b" + hex_of(blob->bytes);
  const auto* text = std::get_if<std::string>(&key);
  if (text == nullptr) return {};
  return !utf8::first_ill_formed(*text) ? "t" + *text : "x" + hex_of(*text);
}

std::optional<Value> key_from_text(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const std::string_view rest = text.substr(1);
  switch (text[0]) {
    case 'i': return number_of_digits<int64_t>(rest);
    case 'r': return number_of_digits<double>(rest);
    case 't': return std::string(rest);
    case 'x': return bytes_of_hex(rest);
    case 'b': {
      std::optional<std::string> bytes = bytes_of_hex(rest);
      return bytes ? std::optional<Value>(Blob{*std::move(bytes)}) : std::nullopt;
    }
    default: return std::nullopt;
  }
}

std::string shown_key(const Value& key) {
  const std::string text = key_text(key);
  if (text.empty()) return "NULL";
  if (text[0] == 'b' || text[0] == 'x') return "X'" + text.substr(1) + "'";
  return text.substr(1);
}

}  // namespace belay::runtime

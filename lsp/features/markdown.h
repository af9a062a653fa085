#pragma once

#include <string>
#include <string_view>

namespace belay::lsp {

/// Names and words from the user's SQL must not be taken for markup.
inline std::string escaped_markdown(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\`*_{}[]<>#|~!").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// In a list's item or a table's cell: a line break would end it.
inline std::string on_one_line(std::string_view text) {
  std::string out = escaped_markdown(text);
  for (char& c : out) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return out;
}

}  // namespace belay::lsp

#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "analyzer/text/document.h"

namespace belay::cli {

/// Codes that colour a terminal, or nothing.
class Style {
 public:
  explicit Style(bool on) : on_(on) {}

  std::string bold(std::string_view text) const { return wrap("1", text); }
  std::string red(std::string_view text) const { return wrap("1;31", text); }
  std::string yellow(std::string_view text) const { return wrap("1;33", text); }
  std::string blue(std::string_view text) const { return wrap("1;34", text); }
  std::string dim(std::string_view text) const { return wrap("2", text); }

 private:
  std::string wrap(std::string_view code, std::string_view text) const {
    if (!on_ || text.empty()) return std::string(text);
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
  }

  bool on_;
};

/// Prints the line in which a range begins, with its number, and the range underlined as far as
/// that line goes.
void print_source(std::ostream& out, const Document& document, ByteRange range, const Style& style);

/// `path:line:column`, both from 1, the column in characters.
std::string place_text(const std::string& path, const Document& document, uint32_t offset);

/// Whether standard output is a terminal that wants colours (NO_COLOR asks for none).
bool terminal_wants_colours();

}  // namespace belay::cli

#include "cli/report/source_view.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "analyzer/text/utf8.h"

namespace belay::cli {
namespace {

/// Lines longer than this are cut around the range: a minified dump is one line.
constexpr uint32_t kMaxLineBytes = 160;

struct Shown {
  std::string line;
  std::string underline;
};

/// The part of a line that is shown, and the underline beneath it. Tabs stay tabs in both, so that
/// they line up whatever their width; control characters become dots.
Shown show(std::string_view text, ByteRange line, ByteRange range) {
  Shown out;
  uint32_t begin = line.begin;
  if (line.size() > kMaxLineBytes && range.begin > begin + kMaxLineBytes / 2) {
    begin = range.begin - kMaxLineBytes / 2;
    while (begin > line.begin && (static_cast<uint8_t>(text[begin]) & 0xC0) == 0x80) --begin;
    out.line = "...";
    out.underline = "   ";
  }
  const uint32_t end = std::min(line.end, begin + kMaxLineBytes);
  const uint32_t mark_end = std::max(range.end, range.begin + 1);
  for (uint32_t at = begin; at < end;) {
    const utf8::Step step = utf8::step_at(text, at);
    const char c = text[at];
    const bool marked = at >= range.begin && at < mark_end;
    if (c == '\t') {
      out.line += '\t';
      out.underline += '\t';
    } else {
      const bool printable = step.well_formed && (static_cast<uint8_t>(c) >= 0x20 && c != 0x7F);
      out.line += printable ? std::string(text.substr(at, step.bytes)) : ".";
      out.underline += marked ? '^' : ' ';
    }
    at += step.bytes;
  }
  if (end < line.end) out.line += "...";
  if (range.begin >= end && out.underline.find('^') == std::string::npos) out.underline += '^';
  while (!out.underline.empty() && (out.underline.back() == ' ' || out.underline.back() == '\t')) {
    out.underline.pop_back();
  }
  return out;
}

}  // namespace

void print_source(std::ostream& out, const Document& document, ByteRange range,
                  const Style& style) {
  const std::string_view text = document.text();
  const uint32_t line_number = document.lines().line_of(range.begin);
  const ByteRange line = document.lines().line_range(text, line_number);
  const Shown shown = show(text, line, range);
  const std::string number = std::to_string(line_number + 1);
  const std::string margin(std::max<size_t>(number.size(), 4), ' ');
  out << style.blue(margin.substr(number.size()) + number + " | ") << shown.line << '\n';
  out << style.blue(margin + " | ") << style.red(shown.underline) << '\n';
}

std::string place_text(const std::string& path, const Document& document, uint32_t offset) {
  const Position p = document.position_at(offset, ColumnUnit::kUtf32);
  return path + ":" + std::to_string(p.line + 1) + ":" + std::to_string(p.character + 1);
}

bool terminal_wants_colours() {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  if (no_color != nullptr && *no_color != '\0') return false;
  if (term != nullptr && std::string_view(term) == "dumb") return false;
  return isatty(STDOUT_FILENO) == 1;
}

}  // namespace belay::cli

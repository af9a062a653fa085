#include "analyzer/project/text_lines.h"

#include <algorithm>

#include "support/ascii.h"

namespace belay::project {

bool LineReader::next(TextLine& line) {
  if (at_ >= text_.size()) return false;
  const size_t newline = text_.find('\n', at_);
  const size_t end = std::min(newline, text_.size());
  line.begin = at_;
  line.text = text_.substr(at_, end - at_);
  if (line.text.ends_with('\r')) line.text.remove_suffix(1);
  at_ = line.next = static_cast<uint32_t>(newline == std::string_view::npos ? end : end + 1);
  return true;
}

bool CommentLineReader::next(TextLine& line) {
  while (at_ < text_.size()) {
    const size_t dashes = text_.find("--", at_);
    if (dashes == std::string_view::npos) break;
    size_t begin = dashes;
    while (begin > at_ && ascii::is_space(text_[begin - 1]) && text_[begin - 1] != '\n') --begin;
    const bool starts_line =
        begin == 0 || text_[begin - 1] == '\n' || begin == content_begin(text_);
    if (!starts_line) {
      const size_t newline = text_.find('\n', dashes);
      at_ = static_cast<uint32_t>(newline == std::string_view::npos ? text_.size() : newline + 1);
      continue;
    }
    at_ = static_cast<uint32_t>(begin);
    return LineReader::next(line);
  }
  at_ = static_cast<uint32_t>(text_.size());
  return false;
}

uint32_t content_begin(std::string_view text) { return text.starts_with("\xEF\xBB\xBF") ? 3 : 0; }

bool ends_with_semicolon(std::string_view line) {
  bool ends = false;
  for (std::string_view rest = line;;) {
    const std::string_view word = next_word(rest);
    if (word.empty() || word.starts_with("--")) return ends;
    ends = word.ends_with(';');
  }
}

std::string_view trim_left(std::string_view text) {
  while (!text.empty() && ascii::is_space(text.front())) text.remove_prefix(1);
  return text;
}

std::string_view trim_right(std::string_view text) {
  while (!text.empty() && ascii::is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view next_word(std::string_view& rest) {
  rest = trim_left(rest);
  const auto end = std::find_if(rest.begin(), rest.end(), ascii::is_space);
  const std::string_view word = rest.substr(0, static_cast<size_t>(end - rest.begin()));
  rest.remove_prefix(word.size());
  return word;
}

}  // namespace belay::project

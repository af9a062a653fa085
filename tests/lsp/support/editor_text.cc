#include "tests/lsp/support/editor_text.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace belay::lsp::testing {
namespace {

uint32_t units_of_character(size_t bytes, Encoding encoding) {
  switch (encoding) {
    case Encoding::kUtf8: return static_cast<uint32_t>(bytes);
    case Encoding::kUtf16: return bytes == 4 ? 2 : 1;
    case Encoding::kUtf32: return 1;
  }
  return 1;
}

}  // namespace

Encoding encoding_of(std::string_view name) {
  if (name == "utf-8") return Encoding::kUtf8;
  if (name == "utf-16") return Encoding::kUtf16;
  if (name == "utf-32") return Encoding::kUtf32;
  throw std::runtime_error("no encoding: " + std::string(name));
}

std::string_view name_of(Encoding encoding) {
  switch (encoding) {
    case Encoding::kUtf8: return "utf-8";
    case Encoding::kUtf16: return "utf-16";
    case Encoding::kUtf32: return "utf-32";
  }
  return "";
}

size_t bytes_of_character(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte >= 0xF0) return 4;
  if (byte >= 0xE0) return 3;
  return byte >= 0xC0 ? 2 : 1;
}

EditorText::EditorText(std::string text, Encoding encoding)
    : text_(std::move(text)), encoding_(encoding) {
  find_lines();
}

void EditorText::find_lines() {
  starts_ = {0};
  for (size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n' || (text_[i] == '\r' && (i + 1 == text_.size() || text_[i + 1] != '\n'))) {
      starts_.push_back(i + 1);
    }
  }
}

size_t EditorText::end_of_line(size_t number) const {
  if (number + 1 == starts_.size()) return text_.size();
  const size_t next = starts_[number + 1];
  const bool both =
      next - starts_[number] >= 2 && text_[next - 1] == '\n' && text_[next - 2] == '\r';
  return next - (both ? 2 : 1);
}

std::string_view EditorText::line(size_t number) const {
  return std::string_view(text_).substr(starts_[number], end_of_line(number) - starts_[number]);
}

size_t EditorText::offset_of(EditorPosition position) const {
  if (position.line >= starts_.size()) return text_.size();
  const size_t end = end_of_line(position.line);
  size_t at = starts_[position.line];
  for (uint32_t units = 0; at < end;) {
    const size_t bytes = bytes_of_character(text_[at]);
    units += units_of_character(bytes, encoding_);
    if (units > position.character) break;
    at += bytes;
  }
  return std::min(at, end);
}

EditorPosition EditorText::position_of(size_t offset) const {
  const auto behind = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const auto line = static_cast<size_t>(behind - starts_.begin()) - 1;
  EditorPosition out{static_cast<uint32_t>(line), 0};
  const size_t end = std::min(offset, end_of_line(line));
  for (size_t at = starts_[line]; at < end;) {
    const size_t bytes = bytes_of_character(text_[at]);
    out.character += units_of_character(bytes, encoding_);
    at += bytes;
  }
  return out;
}

bool EditorText::has(EditorPosition position) const {
  return position.line < starts_.size() && position_of(offset_of(position)) == position;
}

void EditorText::replace(EditorPosition begin, EditorPosition end, std::string_view with) {
  const size_t from = offset_of(begin);
  text_.replace(from, std::max(offset_of(end), from) - from, with);
  find_lines();
}

}  // namespace belay::lsp::testing

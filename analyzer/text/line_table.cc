#include "analyzer/text/line_table.h"

#include <algorithm>
#include <cstring>

#include "analyzer/text/utf8.h"

namespace belay {
namespace {

uint32_t units_of(utf8::Step step, ColumnUnit unit) {
  switch (unit) {
    case ColumnUnit::kUtf8: return step.bytes;
    case ColumnUnit::kUtf16: return step.utf16_units();
    case ColumnUnit::kUtf32: return 1;
  }
  return 1;
}

}  // namespace

LineTable::LineTable(std::string_view text) : size_(static_cast<uint32_t>(text.size())) {
  starts_.push_back(0);
  // A CR is rare, so it is looked for once; without one, memchr does the work.
  const bool has_cr = std::memchr(text.data(), '\r', text.size()) != nullptr;
  size_t at = 0;
  while (at < text.size()) {
    const size_t next = has_cr ? text.find_first_of("\r\n", at) : text.find('\n', at);
    if (next == std::string_view::npos) break;
    at = next + 1;
    if (text[next] == '\r' && at < text.size() && text[at] == '\n') ++at;
    starts_.push_back(static_cast<uint32_t>(at));
  }
}

uint32_t LineTable::line_of(uint32_t offset) const {
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  return static_cast<uint32_t>(after - starts_.begin() - 1);
}

ByteRange LineTable::line_range(std::string_view text, uint32_t line) const {
  if (line >= line_count()) return {size_, size_};
  const uint32_t begin = starts_[line];
  uint32_t end = line + 1 < line_count() ? starts_[line + 1] : size_;
  if (line + 1 < line_count()) {
    if (text[end - 1] == '\n') --end;
    if (end > begin && text[end - 1] == '\r') --end;
  }
  return {begin, end};
}

Position LineTable::position_at(std::string_view text, uint32_t offset, ColumnUnit unit) const {
  offset = std::min(offset, size_);
  const uint32_t line = line_of(offset);
  uint32_t column = 0;
  for (uint32_t at = starts_[line]; at < offset;) {
    const utf8::Step step = utf8::step_at(text, at);
    if (at + step.bytes > offset) break;
    at += step.bytes;
    column += units_of(step, unit);
  }
  return {line, column};
}

PositionRange LineTable::positions_of(std::string_view text, ByteRange range,
                                      ColumnUnit unit) const {
  return {position_at(text, range.begin, unit), position_at(text, range.end, unit)};
}

uint32_t LineTable::offset_at(std::string_view text, Position position, ColumnUnit unit) const {
  if (position.line >= line_count()) return size_;
  const ByteRange line = line_range(text, position.line);
  uint32_t at = line.begin;
  uint32_t column = 0;
  while (at < line.end) {
    const utf8::Step step = utf8::step_at(text, at);
    column += units_of(step, unit);
    if (column > position.character) break;
    at += step.bytes;
  }
  return at;
}

ByteRange LineTable::range_of(std::string_view text, PositionRange range, ColumnUnit unit) const {
  const uint32_t begin = offset_at(text, range.start, unit);
  const uint32_t end = offset_at(text, range.end, unit);
  return {begin, std::max(begin, end)};
}

}  // namespace belay

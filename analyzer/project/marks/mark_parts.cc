#include "analyzer/project/marks/mark_parts.h"

#include <algorithm>
#include <string>

namespace belay::project {

void MarkParts::begin(Direction direction, uint32_t offset) {
  open_ = &sides_[static_cast<size_t>(direction)];
  open_begin_ = offset;
}

void MarkParts::end(uint32_t offset) {
  if (open_ != nullptr) open_->pieces.push_back({open_begin_, std::max(open_begin_, offset)});
  open_ = nullptr;
}

void MarkParts::end_statement(ByteRange mark) {
  if (open_ != nullptr) open_->ends.push_back(mark);
}

std::optional<MarkedPart> MarkParts::part(Direction direction, std::string_view text) const {
  const Side& side = sides_[static_cast<size_t>(direction)];
  if (side.pieces.empty()) return std::nullopt;
  MarkedPart part;
  part.range = {side.pieces.front().begin, side.pieces.back().end};
  if (side.pieces.size() == 1 && side.ends.empty()) return part;
  std::string unwrapped = blanked(text);
  for (const ByteRange piece : side.pieces) {
    unwrapped.replace(piece.begin, piece.size(), piece.of(text));
  }
  for (const ByteRange mark : side.ends) {
    unwrapped.replace(mark.begin, mark.size(), std::string(mark.size(), ' '));
    unwrapped[mark.begin] = ';';
  }
  part.unwrapped = std::make_shared<const std::string>(std::move(unwrapped));
  return part;
}

std::string blanked(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c != '\n' && c != '\r') c = ' ';
  }
  return out;
}

}  // namespace belay::project

#include "analyzer/text/edited_text.h"

#include <algorithm>
#include <utility>

namespace belay {

EditedText::EditedText(std::string_view original) : original_(original) {
  pieces_.push_back({true, {0, static_cast<uint32_t>(original_.size())}, ""});
}

std::string EditedText::text() const {
  std::string out;
  for (const Piece& piece : pieces_) {
    out += piece.is_original ? piece.range.of(original_) : std::string_view(piece.text);
  }
  return out;
}

size_t EditedText::cut(uint32_t offset) {
  uint32_t at = 0;
  for (size_t i = 0; i < pieces_.size(); ++i) {
    if (at == offset) return i;
    const uint32_t within = offset - at;
    at += pieces_[i].size();
    if (at <= offset) continue;
    Piece rest = pieces_[i];
    if (rest.is_original) {
      rest.range.begin += within;
      pieces_[i].range.end = rest.range.begin;
    } else {
      rest.text.erase(0, within);
      pieces_[i].text.resize(within);
    }
    pieces_.insert(pieces_.begin() + static_cast<ptrdiff_t>(i) + 1, std::move(rest));
    return i + 1;
  }
  return pieces_.size();
}

void EditedText::apply(std::span<const TextEdit> edits) {
  std::vector<TextEdit> sorted(edits.begin(), edits.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const TextEdit& a, const TextEdit& b) { return a.range < b.range; });
  // From the end on, so that what is still to be edited keeps its place.
  for (auto edit = sorted.rbegin(); edit != sorted.rend(); ++edit) {
    const size_t end = cut(edit->range.end);
    const size_t before = pieces_.size();
    const size_t begin = cut(edit->range.begin);
    const size_t added = pieces_.size() - before;
    const auto first = pieces_.begin() + static_cast<ptrdiff_t>(begin);
    pieces_.erase(first, pieces_.begin() + static_cast<ptrdiff_t>(end + added));
    pieces_.insert(pieces_.begin() + static_cast<ptrdiff_t>(begin), {false, {}, edit->new_text});
  }
}

std::vector<TextEdit> EditedText::edits() const {
  std::vector<TextEdit> out;
  TextEdit open{{0, 0}, ""};
  const auto close = [&](uint32_t next) {
    open.range.end = next;
    if (!open.range.empty() || !open.new_text.empty()) out.push_back(std::move(open));
  };
  for (const Piece& piece : pieces_) {
    if (!piece.is_original) {
      open.new_text += piece.text;
      continue;
    }
    if (piece.range.empty()) continue;
    close(piece.range.begin);
    open = {{piece.range.end, piece.range.end}, ""};
  }
  close(static_cast<uint32_t>(original_.size()));
  return out;
}

}  // namespace belay

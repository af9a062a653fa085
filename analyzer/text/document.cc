#include "analyzer/text/document.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "support/ascii.h"

namespace belay {

Document::Document(std::string text) {
  LineTable lines(text);
  content_ = std::make_shared<const Content>(Content{std::move(text), std::move(lines)});
}

Document Document::changed(std::span<const ContentChange> changes, ColumnUnit unit) const {
  Document current = *this;
  for (const ContentChange& change : changes) {
    if (!change.range) {
      current = Document(change.text);
      continue;
    }
    const ByteRange range = current.lines().range_of(current.text(), *change.range, unit);
    const std::string_view before = current.text();
    std::string text;
    text.reserve(before.size() - range.size() + change.text.size());
    text.append(before.substr(0, range.begin)).append(change.text).append(before.substr(range.end));
    current = Document(std::move(text));
  }
  return current;
}

std::string_view indentation(std::string_view text, uint32_t offset) {
  uint32_t begin = offset;
  while (begin > 0 && text[begin - 1] != '\n' && text[begin - 1] != '\r') --begin;
  uint32_t end = begin;
  while (end < offset && ascii::is_blank(text[end])) ++end;
  return text.substr(begin, end - begin);
}

std::string apply_edits(std::string_view text, std::span<const TextEdit> edits) {
  std::vector<const TextEdit*> ordered;
  ordered.reserve(edits.size());
  for (const TextEdit& edit : edits) ordered.push_back(&edit);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const TextEdit* a, const TextEdit* b) { return a->range < b->range; });
  std::string out;
  uint32_t at = 0;
  for (const TextEdit* edit : ordered) {
    out.append(text.substr(at, edit->range.begin - at)).append(edit->new_text);
    at = edit->range.end;
  }
  return out.append(text.substr(at));
}

}  // namespace belay

#include "analyzer/cpp/source_edit.h"

#include <algorithm>
#include <utility>

#include "analyzer/cpp/literal.h"
#include "support/ascii.h"

namespace belay::cpp {
namespace {

/// Bytes of one literal, and what they become.
struct Change {
  Literal literal;
  ByteRange range;  ///< of the literal's value
};

class Changes {
 public:
  Changes(const SourceMap& map, const SourceMap::Part& part, const std::string& path,
          std::string_view source)
      : map_(map), part_(part), path_(path), source_(source) {}

  /// Adds the byte of the text at `offset`. False where it stands in no literal of the call.
  bool add(uint32_t offset) {
    const std::optional<std::pair<Literal, uint32_t>> found = find(offset);
    if (!found) return false;
    const auto& [literal, index] = *found;
    if (!changes_.empty() && changes_.back().literal.range == literal.range) {
      ByteRange& range = changes_.back().range;
      // An escape sequence may stand for several bytes, and is taken as a whole.
      if (index == range.end) ++range.end;
      return index + 1 == range.end;
    }
    changes_.push_back({literal, {index, index + 1}});
    return true;
  }

  /// An empty range before or behind the byte at `offset`.
  bool add_place(uint32_t offset, bool behind) {
    const std::optional<std::pair<Literal, uint32_t>> found = find(offset);
    if (!found) return false;
    const uint32_t at = found->second + (behind ? 1 : 0);
    changes_.push_back({found->first, {at, at}});
    return true;
  }

  /// All of the new text goes where the old one began.
  std::optional<std::vector<TextEdit>> edits(std::string_view new_text) const {
    std::vector<TextEdit> out;
    for (const Change& change : changes_) {
      std::optional<SourceEdit> edit = edit_of(source_, change.literal, change.range, new_text);
      if (!edit) return std::nullopt;
      out.push_back({edit->range, std::move(edit->text)});
      new_text = {};
    }
    return out;
  }

 private:
  std::optional<std::pair<Literal, uint32_t>> find(uint32_t offset) {
    const SourceMap::Piece* piece = map_.piece_at(offset);
    if (piece == nullptr || map_.file(*piece) != path_ || !part_.source.contains(piece->source)) {
      return std::nullopt;
    }
    ByteRange at = piece->source;
    if (piece->is_byte_by_byte()) {
      at.begin += offset - piece->text.begin;
      at.end = at.begin + 1;
    }
    if (!last_ || !last_->content.contains(at)) last_ = literal_around(source_, at.begin);
    if (!last_) return std::nullopt;
    const auto place = std::lower_bound(last_->places.begin(), last_->places.end(), at);
    if (place == last_->places.end() || *place != at) return std::nullopt;
    // Which of an escape sequence's bytes is meant follows from the text before it.
    auto index = static_cast<uint32_t>(place - last_->places.begin());
    if (!piece->is_byte_by_byte()) index += offset - piece->text.begin;
    if (index >= last_->places.size() || last_->places[index] != at) return std::nullopt;
    return std::pair(*last_, index);
  }

  const SourceMap& map_;
  const SourceMap::Part& part_;
  const std::string& path_;
  std::string_view source_;
  std::optional<Literal> last_;
  std::vector<Change> changes_;
};

/// What of the text between calls has to come along, so that statements stay apart: `;`.
std::string_view separator(const SourceMap& map, std::string_view text, uint32_t& at,
                           uint32_t begin) {
  const uint32_t end = at;
  while (at > begin && map.piece_at(at - 1) == nullptr) --at;
  return ascii::trim(text.substr(at, end - at));
}

}  // namespace

std::optional<FileEdits> source_edits(const SourceMap& map, std::string_view text,
                                      const TextEdit& edit, const SourceText& source) {
  const SourceMap::Part* part = map.part_at(edit.range.begin);
  if (part == nullptr) return std::nullopt;
  const std::string& path = map.anchor().path;
  const std::optional<std::string_view> in = source(path);
  if (!in) return std::nullopt;
  Changes changes(map, *part, path, *in);
  std::string new_text = edit.new_text;
  if (edit.range.empty()) {
    uint32_t at = edit.range.begin;
    if (map.piece_at(at) != nullptr && part->text.contains(at)) {
      if (!changes.add_place(at, false)) return std::nullopt;
    } else {
      new_text.insert(0, separator(map, text, at, part->text.begin));
      if (at == part->text.begin || !changes.add_place(at - 1, true)) return std::nullopt;
    }
  }
  for (uint32_t i = edit.range.begin; i < edit.range.end; ++i) {
    if (!changes.add(i)) return std::nullopt;
  }
  if (part->takes_one_statement && new_text.find(';') != std::string::npos) return std::nullopt;
  std::optional<std::vector<TextEdit>> edits = changes.edits(new_text);
  if (!edits) return std::nullopt;
  return FileEdits{path, *std::move(edits)};
}

}  // namespace belay::cpp

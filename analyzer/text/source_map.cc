#include "analyzer/text/source_map.h"

#include <algorithm>

namespace belay {
namespace {

/// The piece's bytes within `range`, in its file.
ByteRange source_of(const SourceMap::Piece& piece, ByteRange range) {
  if (!piece.is_byte_by_byte()) return piece.source;
  const uint32_t begin = std::max(range.begin, piece.text.begin) - piece.text.begin;
  const uint32_t end = std::min(range.end, piece.text.end) - piece.text.begin;
  return {piece.source.begin + begin, piece.source.begin + end};
}

/// The first of the entries whose text ends behind `offset`.
template <class Entry>
auto first_behind(const std::vector<Entry>& entries, uint32_t offset) {
  return std::partition_point(entries.begin(), entries.end(),
                              [&](const Entry& e) { return e.text.end <= offset; });
}

}  // namespace

const SourceMap::Piece* SourceMap::piece_at(uint32_t offset) const {
  const auto found = first_behind(pieces_, offset);
  return found != pieces_.end() && found->text.contains(offset) ? &*found : nullptr;
}

const SourceMap::Part* SourceMap::part_at(uint32_t offset) const {
  auto found = first_behind(parts_, offset);
  if (found != parts_.end() && found->text.contains(offset)) return &*found;
  return found == parts_.begin() ? nullptr : &*std::prev(found);
}

Place SourceMap::place(ByteRange range) const {
  auto first = first_behind(pieces_, range.begin);
  if (range.empty()) {
    if (first != pieces_.end() && first->text.contains(range.begin)) {
      const uint32_t at = source_of(*first, {range.begin, range.begin}).begin;
      return {files_[first->file], {at, at}};
    }
    if (first == pieces_.begin()) return anchor_;
    const uint32_t at = std::prev(first)->source.end;
    return {files_[std::prev(first)->file], {at, at}};
  }
  const auto last = std::partition_point(first, pieces_.end(),
                                         [&](const Piece& p) { return p.text.begin < range.end; });
  if (first == last) return place({range.begin, range.begin});
  if (std::next(first) == last) return {files_[first->file], source_of(*first, range)};
  // What is written at the call itself, without constants that stand elsewhere.
  const Part* part = part_at(range.begin);
  std::optional<Place> near;
  for (auto piece = first; part != nullptr && piece != last; ++piece) {
    if (piece->file != part->file || !part->source.contains(piece->source)) continue;
    const ByteRange source = source_of(*piece, range);
    if (!near) near = Place{files_[piece->file], source};
    near->range = near->range.joined(source);
  }
  if (near) return *near;
  Place out{files_[first->file], source_of(*first, range)};
  for (auto piece = std::next(first); piece != last; ++piece) {
    const ByteRange source = source_of(*piece, range);
    if (files_[piece->file] != out.path || source.begin < out.range.end) break;
    out.range.end = source.end;
  }
  return out;
}

std::optional<uint32_t> SourceMap::offset_of(const std::string& path, uint32_t source) const {
  for (const Piece& piece : pieces_) {
    const bool here = piece.source.contains(source) || piece.source.end == source;
    if (!here || files_[piece.file] != path) continue;
    return piece.text.begin + (piece.is_byte_by_byte() ? source - piece.source.begin : 0);
  }
  for (const Part& part : parts_) {
    if (!part.source.contains(source) || files_[part.file] != path) continue;
    for (auto piece = first_behind(pieces_, part.text.begin);
         piece != pieces_.end() && part.text.contains(piece->text); ++piece) {
      if (piece->file == part.file && piece->source.begin >= source) return piece->text.begin;
    }
    return part.text.begin;
  }
  return std::nullopt;
}

}  // namespace belay

#include "lsp/features/counterpart.h"

#include <algorithm>
#include <map>

namespace belay::lsp {

using project::Direction;

namespace {

uint32_t start_of_script(const DocumentScript& script) {
  const project::Script& location = script.location();
  return location.sources == nullptr ? location.range.begin
                                     : location.sources->anchor().range.begin;
}

}  // namespace

std::vector<DocumentScript> scripts_at(const FeatureInput& input, Position position) {
  const uint32_t offset = input.text().offset_at(position, input.unit);
  // The last one that begins at or before the place, else the first of all.
  std::map<const HistoryView*, DocumentScript> found;
  for (const DocumentScript& script : scripts_in(input.document)) {
    const auto [best, is_first] = found.emplace(script.history, script);
    if (is_first) continue;
    const uint32_t begin = start_of_script(script);
    const uint32_t best_begin = start_of_script(best->second);
    const bool is_nearer = begin <= offset ? best_begin > offset || begin > best_begin
                                           : best_begin > offset && begin < best_begin;
    if (is_nearer) best->second = script;
  }
  std::vector<DocumentScript> out;
  for (const auto& [history, script] : found) out.push_back(script);
  return out;
}

std::optional<Location> script_location(const FeatureInput& input, const HistoryView& history,
                                        uint32_t migration, Direction direction) {
  const project::Migration& m = history.set->set->migrations[migration];
  const std::optional<project::Script>& script = direction == Direction::kUp ? m.up : m.down;
  const AnalyzedScript* analyzed = history.set->script(migration, direction);
  if (!script || analyzed == nullptr) return std::nullopt;
  const Position start = analyzed->source.position_at(start_of(*script, *analyzed), input.unit);
  return Location{uri_of(input, script->file()), {start, start}};
}

std::vector<Location> counterparts(const FeatureInput& input, Position position) {
  std::vector<Location> out;
  for (const DocumentScript& script : scripts_at(input, position)) {
    const Direction other = script.direction == Direction::kUp ? Direction::kDown : Direction::kUp;
    const auto place = script_location(input, *script.history, script.migration, other);
    if (place && std::find(out.begin(), out.end(), *place) == out.end()) out.push_back(*place);
  }
  return out;
}

}  // namespace belay::lsp

#include "lsp/features/named_object.h"

#include "lsp/features/names.h"

namespace belay::lsp {

std::vector<NamedObject> objects_at(const FeatureInput& input, Position position) {
  std::vector<NamedObject> out;
  const uint32_t place = input.text().offset_at(position, input.unit);
  for (const DocumentScript& script : scripts_in(input.document)) {
    const std::shared_ptr<const SourceMap>& sources = script.location().sources;
    const std::optional<uint32_t> offset =
        sources == nullptr ? place : sources->offset_of(input.document.path, place);
    if (!offset || (sources == nullptr && !script.location().range.contains(place) &&
                    script.location().range.end != place)) {
      continue;
    }
    std::shared_ptr<const names::History> history = history_of(*script.history);
    const names::Occurrence* here = history->at(script.migration, script.direction, *offset);
    if (here != nullptr) out.push_back({script.history, std::move(history), *here});
  }
  return out;
}

const project::Script& script_of(const HistoryView& view, const names::Occurrence& one) {
  const project::Migration& migration = view.set->set->migrations[one.migration];
  return one.direction == project::Direction::kUp ? *migration.up : *migration.down;
}

std::optional<Location> location_of(const FeatureInput& input, const HistoryView& view,
                                    const names::Occurrence& one) {
  const Place place = script_of(view, one).place(one.mention.range);
  const Document* text = text_of(input, place.path);
  if (text == nullptr) return std::nullopt;
  return Location{uri_of(input, place.path), text->positions_of(place.range, input.unit)};
}

}  // namespace belay::lsp

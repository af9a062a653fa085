#include "lsp/features/names.h"

#include <algorithm>
#include <optional>

#include "lsp/features/definition_text.h"
#include "lsp/features/markdown.h"
#include "lsp/features/named_object.h"
#include "support/joined.h"

namespace belay::lsp {
namespace {

using names::Kind;
using names::Occurrence;
using names::Role;

void add(const std::optional<Location>& place, std::vector<Location>& out) {
  if (place && std::find(out.begin(), out.end(), *place) == out.end()) out.push_back(*place);
}

/// The migrations that name the object, the first ones where they are many.
std::string migrations_text(const NamedObject& object) {
  constexpr size_t kMost = 8;
  std::vector<std::string> ids;
  for (const Occurrence* one : object.history->of(object.here.object)) {
    const std::string& id = object.view->set->set->migrations[one->migration].id;
    if (ids.empty() || ids.back() != id) ids.push_back(id);
  }
  const size_t more = ids.size() > kMost ? ids.size() - kMost : 0;
  ids.resize(ids.size() - more);
  return joined(ids) + (more == 0 ? "" : ", and " + std::to_string(more) + " more");
}

/// The object behind the migration, under the name that it has there; before it where it is gone.
std::string definition_behind(const NamedObject& object) {
  const AnalyzedMigration& migration = *object.view->set->migrations[object.here.migration];
  const bool is_down = object.here.direction == project::Direction::kDown;
  names::Object name = object.here.mention.object;
  for (const Occurrence* one : object.history->of(object.here.object)) {
    if (one->migration == object.here.migration && one->direction == object.here.direction) {
      name = one->mention.object;
    }
  }
  const std::string text = definition_text(is_down ? migration.after_down : migration.after, name);
  if (!text.empty()) return text;
  return definition_text(is_down ? migration.after : migration.before, object.here.mention.object);
}

}  // namespace

std::shared_ptr<const names::History> history_of(const HistoryView& view) {
  return view.names != nullptr ? view.names->of(view.set)
                               : std::make_shared<const names::History>(*view.set);
}

SymbolKind symbol_kind(Kind kind) {
  switch (kind) {
    case Kind::kRelation: return SymbolKind::kStruct;
    case Kind::kColumn: return SymbolKind::kField;
    case Kind::kIndex: return SymbolKind::kKey;
    case Kind::kConstraint: return SymbolKind::kProperty;
    case Kind::kType: return SymbolKind::kEnum;
    case Kind::kFunction: return SymbolKind::kFunction;
  }
  return SymbolKind::kStruct;
}

std::optional<Hover> name_hover(const FeatureInput& input, Position position, bool markdown) {
  for (const NamedObject& object : objects_at(input, position)) {
    const std::string definition = definition_behind(object);
    if (definition.empty()) continue;
    const std::optional<Location> place = location_of(input, *object.view, object.here);
    if (!place || place->uri != input.document.document.uri) continue;
    const std::string migrations = migrations_text(object);
    Hover out;
    out.range = place->range;
    out.contents = markdown ? sql_block(definition) + "\n\nNamed in " + escaped_markdown(migrations)
                            : definition + "\nNamed in " + migrations;
    return out;
  }
  return std::nullopt;
}

std::vector<Location> definitions(const FeatureInput& input, Position position) {
  std::vector<Location> out;
  for (const NamedObject& object : objects_at(input, position)) {
    const Occurrence* made = object.history->definition(object.here);
    if (made != nullptr) add(location_of(input, *object.view, *made), out);
  }
  return out;
}

std::vector<Location> references(const FeatureInput& input, Position position,
                                 bool with_definition) {
  std::vector<Location> out;
  for (const NamedObject& object : objects_at(input, position)) {
    const Occurrence* made = object.history->definition(object.here);
    for (const Occurrence* one : object.history->of(object.here.object)) {
      if (one == made && !with_definition) continue;
      add(location_of(input, *object.view, *one), out);
    }
  }
  return out;
}

std::vector<DocumentHighlight> highlights(const FeatureInput& input, Position position) {
  std::vector<DocumentHighlight> out;
  for (const NamedObject& object : objects_at(input, position)) {
    for (const Occurrence* one : object.history->of(object.here.object)) {
      const auto place = location_of(input, *object.view, *one);
      if (!place || place->uri != input.document.document.uri) continue;
      const bool same = std::any_of(out.begin(), out.end(), [&](const DocumentHighlight& h) {
        return h.range == place->range;
      });
      if (!same) out.push_back({place->range, one->mention.role != Role::kUses});
    }
  }
  return out;
}

std::vector<DocumentSymbol> document_symbols(const FeatureInput& input) {
  std::vector<DocumentSymbol> out;
  for (const DocumentScript& script : scripts_in(input.document)) {
    const AnalyzedScript& analyzed = script.analyzed();
    const bool is_down = script.direction == project::Direction::kDown;
    const std::shared_ptr<const names::History> history = history_of(*script.history);
    const auto positions = [&](ByteRange range) {
      return input.positions(script.location().place(range).range);
    };
    for (const Occurrence& one : history->all()) {
      if (one.migration != script.migration || one.direction != script.direction) continue;
      const names::Mention& mention = one.mention;
      if (mention.role != Role::kMakes && mention.role != Role::kNames) continue;
      if (script.location().place(mention.range).path != input.document.path) continue;
      const std::string name(mention.range.of(analyzed.document.text()));
      const ByteRange statement = analyzed.parsed->statements[mention.statement].range;
      DocumentSymbol symbol = {name,
                               is_down ? "down" : "up",
                               symbol_kind(mention.object.kind),
                               positions(statement),
                               positions(mention.range),
                               {}};
      const bool is_part =
          mention.object.kind == Kind::kColumn || mention.object.kind == Kind::kConstraint;
      if (is_part && !out.empty() && out.back().range == symbol.range) {
        symbol.range = symbol.selection;
        out.back().children.push_back(std::move(symbol));
      } else {
        out.push_back(std::move(symbol));
      }
    }
  }
  return out;
}

}  // namespace belay::lsp

#include "lsp/features/workspace_symbols.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "analyzer/names/history.h"
#include "lsp/features/feature_input.h"
#include "lsp/features/names.h"
#include "support/ascii.h"

namespace belay::lsp {
namespace {

using names::Kind;
using names::Occurrence;
using names::Role;

constexpr size_t kMost = 500;

/// How far a name is from a query, from 0; none where it lacks one of its letters.
std::optional<size_t> distance(std::string_view name, std::string_view query) {
  if (query.empty()) return 0;
  const std::string lower = ascii::lower(name);
  if (lower == query) return 0;
  const size_t at = lower.find(query);
  if (at != std::string::npos) return at == 0 ? 1 : 2;
  size_t from = 0;
  for (const char c : query) {
    const size_t found = lower.find(c, from);
    if (found == std::string::npos) return std::nullopt;
    from = found + 1;
  }
  return 3;
}

class Search {
 public:
  Search(const OpenFiles& open, ColumnUnit unit, std::string_view query)
      : open_(open), unit_(unit), query_(ascii::lower(query)) {}

  void add(const HistoryView& history) {
    const AnalyzedSet& set = *history.set;
    for (uint32_t i = 0; i < set.migrations.size(); ++i) {
      const project::Migration& migration = set.set->migrations[i];
      if (!migration.up || migration.kind == project::Migration::Kind::kOutside) continue;
      const uint32_t start = start_of(*migration.up, *set.migrations[i]->up);
      add(set, {migration.up->file(), {start, start}},
          {migration.id, "", SymbolKind::kFile, {}, false});
    }
    const std::shared_ptr<const names::History> names = history_of(history);
    const Gone gone = gone_at_the_end(*names);
    for (const Occurrence& one : names->all()) {
      const Role role = one.mention.role;
      if (one.direction != project::Direction::kUp) continue;
      if (role == Role::kMakes || role == Role::kNames) add(set, one, gone);
    }
  }

  std::vector<WorkspaceSymbol> result() && {
    std::stable_sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
      return std::tie(a.symbol.is_gone, a.distance, a.symbol.name) <
             std::tie(b.symbol.is_gone, b.distance, b.symbol.name);
    });
    std::vector<WorkspaceSymbol> out;
    for (Found& found : found_) {
      if (out.size() == kMost) break;
      out.push_back(std::move(found.symbol));
    }
    return out;
  }

 private:
  struct Found {
    WorkspaceSymbol symbol;
    size_t distance = 0;
  };
  struct Gone {
    std::set<uint32_t> objects;
    std::set<std::string> relations;  ///< keys: what belongs to them is gone, too
  };

  static Gone gone_at_the_end(const names::History& names) {
    Gone out;
    for (const Occurrence& one : names.all()) {
      if (one.direction != project::Direction::kUp) continue;
      const bool is_relation = one.mention.object.kind == Kind::kRelation;
      if (one.mention.role == Role::kDrops) {
        out.objects.insert(one.object);
        if (is_relation) out.relations.insert(one.mention.object.key);
      } else if (one.mention.role == Role::kMakes || one.mention.role == Role::kNames) {
        out.objects.erase(one.object);
        if (is_relation) out.relations.erase(one.mention.object.key);
      }
    }
    return out;
  }

  void add(const AnalyzedSet& set, const Occurrence& one, const Gone& gone) {
    const names::Object& object = one.mention.object;
    const project::Migration& migration = set.set->migrations[one.migration];
    const AnalyzedMigration& analyzed = *set.migrations[one.migration];
    const std::string_view text = analyzed.up->document.text();
    const bool is_part = object.kind == Kind::kColumn || object.kind == Kind::kConstraint;
    std::string name(is_part ? object.part : std::string(one.mention.range.of(text)));
    if (!distance(name, query_)) return;
    const std::string relation = is_part ? analyzed.after.display(object.key) + " · " : "";
    add(set, migration.up->place(one.mention.range),
        {std::move(name),
         relation + migration.id,
         symbol_kind(object.kind),
         {},
         gone.objects.contains(one.object) || (is_part && gone.relations.contains(object.key))});
  }

  void add(const AnalyzedSet& set, const Place& place, WorkspaceSymbol symbol) {
    const std::optional<size_t> far = distance(symbol.name, query_);
    if (!far) return;
    const auto open = open_.find(place.path);
    const Document* text = open != open_.end() ? &open->second.text : set.source_of(place.path);
    if (text == nullptr) return;
    symbol.location = {uri_of(open_, place.path), text->positions_of(place.range, unit_)};
    const bool is_new = seen_.emplace(symbol.name, symbol.location.uri, place.range.begin).second;
    if (is_new) found_.push_back({std::move(symbol), *far});
  }

  const OpenFiles& open_;
  const ColumnUnit unit_;
  const std::string query_;
  std::vector<Found> found_;
  /// Histories of several dialects may share a file.
  std::set<std::tuple<std::string, std::string, uint32_t>> seen_;
};

}  // namespace

std::vector<WorkspaceSymbol> workspace_symbols(const std::vector<HistoryView>& histories,
                                               const OpenFiles& open, ColumnUnit unit,
                                               std::string_view query) {
  Search search(open, unit, query);
  for (const HistoryView& history : histories) search.add(history);
  return std::move(search).result();
}

}  // namespace belay::lsp

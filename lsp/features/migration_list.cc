#include "lsp/features/migration_list.h"

#include "analyzer/rollback/verdict.h"
#include "lsp/features/feature_input.h"
#include "lsp/features/verdict.h"
#include "lsp/protocol/uri.h"
#include "workbench/scripts.h"

namespace belay::lsp {
namespace {

using project::Direction;
using runtime::MigrationState;

class Lister {
 public:
  Lister(const HistoryView& history, const SessionView* session, const OpenFiles& open,
         ColumnUnit unit)
      : set_(*history.set), session_(session), open_(open), unit_(unit) {}

  ListedMigration list(uint32_t i) const {
    const project::Migration& migration = set_.set->migrations[i];
    ListedMigration out;
    out.id = migration.id;
    out.version = workbench::version_of(migration);
    out.name = migration.name;
    out.is_step = migration.kind == project::Migration::Kind::kVersioned;
    out.up = place(i, migration.up, Direction::kUp);
    out.down = place(i, migration.down, Direction::kDown);
    const AnalyzedMigration& analyzed = *set_.migrations[i];
    if (has_verdict(set_, i)) {
      const rollback::Reversibility& r = analyzed.reversibility;
      out.verdict = rollback::verdict_name(r.verdict);
      out.reason = r.reason;
      out.verdict_line = verdict_line(r);
    }
    if (analyzed.up) out.risk = risk_of(*analyzed.up);
    if (out.is_step && session_ != nullptr) stand(migration, analyzed, out);
    return out;
  }

 private:
  std::string uri(const std::string& path) const {
    const auto open = open_.find(path);
    return open != open_.end() ? open->second.uri : uri_of_path(path);
  }

  std::optional<Location> place(uint32_t i, const std::optional<project::Script>& script,
                                Direction direction) const {
    const AnalyzedScript* analyzed = set_.script(i, direction);
    if (!script || analyzed == nullptr) return std::nullopt;
    const ByteRange range =
        script->sources == nullptr ? script->range : script->sources->anchor().range;
    PositionRange positions = analyzed->source.positions_of(range, unit_);
    positions.start = analyzed->source.position_at(start_of(*script, *analyzed), unit_);
    return Location{uri(script->file()), positions};
  }

  void stand(const project::Migration& migration, const AnalyzedMigration& analyzed,
             ListedMigration& out) const {
    const auto found = session_->ledger->find(out.version);
    if (found == session_->ledger->end()) {
      if (session_->ledger_known) out.standing = Standing::kPending;
      return;
    }
    const runtime::LedgerEntry& entry = found->second;
    switch (entry.state) {
      case MigrationState::kPending:
      case MigrationState::kRolledBack: out.standing = Standing::kPending; return;
      case MigrationState::kFailed:
      case MigrationState::kStarted:
      case MigrationState::kRollingBack:
        out.standing = Standing::kFailed;
        out.detail = entry.error;
        return;
      case MigrationState::kDone: break;
    }
    out.standing = Standing::kApplied;
    out.detail = entry.applied_at;
    if (analyzed.up && workbench::has_other_statements(entry, migration, analyzed.up->document,
                                                       set_.set->dialect.engine)) {
      out.standing = Standing::kChanged;
    }
  }

  const AnalyzedSet& set_;
  const SessionView* session_;
  const OpenFiles& open_;
  const ColumnUnit unit_;
};

}  // namespace

std::string_view standing_name(Standing standing) {
  switch (standing) {
    case Standing::kUnknown: return "unknown";
    case Standing::kPending: return "pending";
    case Standing::kApplied: return "applied";
    case Standing::kFailed: return "failed";
    case Standing::kChanged: return "changed";
  }
  return "";
}

ListedHistory listed_history(const HistoryView& history, const SessionView* session,
                             const OpenFiles& open, ColumnUnit unit) {
  const project::MigrationSet& set = *history.set->set;
  ListedHistory out;
  out.folder = set.directory;
  out.uri = uri_of_path(set.directory);
  out.dialect = engine_display_name(set.dialect.engine);
  out.layout = project::layout_name(set.layout);
  if (session != nullptr) out.session = *session;
  const Lister lister(history, session, open, unit);
  for (uint32_t i = 0; i < set.migrations.size(); ++i) {
    if (set.migrations[i].kind == project::Migration::Kind::kOutside) continue;
    out.migrations.push_back(lister.list(i));
  }
  return out;
}

}  // namespace belay::lsp

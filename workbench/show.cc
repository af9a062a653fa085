#include "workbench/show.h"

#include <utility>

#include "analyzer/rollback/risk.h"
#include "runtime/checksums.h"
#include "workbench/down_advice.h"
#include "workbench/scripts.h"

namespace belay::workbench {
namespace {

ScriptPlace place_of(const project::Script& location, const AnalyzedScript& script) {
  const LineTable& lines = script.source.lines();
  if (script.sources != nullptr) {
    const uint32_t line = lines.line_of(script.sources->anchor().range.begin) + 1;
    return {location.file(), line, line};
  }
  const uint32_t end =
      location.range.end > location.range.begin ? location.range.end - 1 : location.range.begin;
  return {location.path, lines.line_of(location.range.begin) + 1, lines.line_of(end) + 1};
}

std::string text_of(const ScriptPlace& place) {
  return place.path + ":" + std::to_string(place.first_line) +
         (place.last_line > place.first_line ? "-" + std::to_string(place.last_line) : "");
}

std::string_view change_name(runtime::TextChange change) {
  switch (change) {
    case runtime::TextChange::kNone: return "none";
    case runtime::TextChange::kComments: return "comments";
    case runtime::TextChange::kStatements: break;
  }
  return "statements";
}

/// Of a migration in C++ whose source was not read there is no more than what it declares.
void add_program(const runtime::MigrationScript& script, MigrationView& view) {
  view.up = {script.up.path, script.up.line, script.up.line};
  if (script.down) view.down = {script.down->path, script.down->line, script.down->line};
  DeclaredDown down = declared_down(script);
  view.verdict = std::move(down.verdict);
  view.verdict_reason = std::move(down.reason);
  view.risk = view.category = "unknown";
}

void add_analysis(const SessionTarget& target, MigrationView& view) {
  if (target.analysis == nullptr) return;
  const project::MigrationSet& set = *target.analysis->set;
  for (size_t i = 0; i < set.migrations.size(); ++i) {
    const AnalyzedMigration& analyzed = *target.analysis->migrations[i];
    if (version_of(set.migrations[i]) != view.version || !analyzed.up) continue;
    view.up = place_of(*set.migrations[i].up, *analyzed.up);
    if (analyzed.down) view.down = place_of(*set.migrations[i].down, *analyzed.down);
    view.verdict = rollback::verdict_name(analyzed.reversibility.verdict);
    view.verdict_reason = analyzed.reversibility.reason;
    view.risk = rollback::risk_name(greatest_risk(*analyzed.up));
    view.category = rollback::category_name(rollback::category_of(analyzed.reversibility));
  }
}

Result<void> add_entry(const SessionTarget& target, const runtime::MigrationScript& script,
                       MigrationView& view) {
  Result<runtime::StatusReport> status = target.session.status(target.migrations);
  if (!status) return std::move(status).error();
  if (!status->unreachable_because.empty()) {
    return Error{"the database cannot be read: " + status->unreachable_because, target.url, ""};
  }
  for (const runtime::LedgerEntry& entry : status->ledger) {
    if (entry.history != script.history || entry.version != script.version) continue;
    view.entry = entry;
  }
  if (!view.entry || view.entry->state != runtime::MigrationState::kDone) return {};
  view.change = change_name(runtime::text_change(*view.entry, script, target.engine));
  return {};
}

std::string entry_text(const runtime::LedgerEntry& entry) {
  std::string out(runtime::state_name(entry.state));
  if (!entry.applied_at.empty()) out += ", applied " + entry.applied_at;
  if (!entry.rolled_back_at.empty()) out += ", taken back " + entry.rolled_back_at;
  out += ", " + std::to_string(entry.statements_done) + " of " + std::to_string(entry.statements) +
         " statements, " + std::to_string(entry.duration_ms) + " ms";
  if (!entry.session.empty()) out += "\nin session " + entry.session;
  if (!entry.error.empty()) out += "\n" + entry.error;
  return out;
}

void tell(MigrationView& view) {
  runtime::Report& report = view.report;
  report.headline =
      view.id + " is " +
      (view.entry ? std::string(runtime::state_name(view.entry->state)) : std::string("pending"));
  report.facts.push_back({"Up", text_of(view.up)});
  report.facts.push_back({"Down", view.down ? text_of(*view.down) : "none"});
  report.facts.push_back({"Checksum", view.checksum});
  report.facts.push_back({"Risk", view.risk + ", " + view.category});
  report.facts.push_back({"Verdict", view.verdict + ": " + view.verdict_reason});
  if (view.entry) report.facts.push_back({"Ledger", entry_text(*view.entry)});
  if (view.change == "comments") {
    report.notes.emplace_back("only its comments or its layout were edited since it was applied");
  } else if (view.change == "statements") {
    report.warnings.emplace_back("its statements were edited since it was applied");
  }
}

}  // namespace

Result<MigrationView> show(const SessionTarget& target, const std::string& version) {
  BELAY_TRY(check_migrations(target));
  const runtime::MigrationScript* script = script_called(target, version);
  if (script == nullptr) {
    return Error{"there is no migration `" + version + "`", target.history,
                 "name its version, or its file without what follows the name"};
  }
  MigrationView view;
  view.version = script->version;
  view.name = script->name;
  view.id = script->display_name();
  view.checksum = script->checksum();
  view.sql_checksum = script->sql_checksum(target.engine);
  if (script->up.is_program()) add_program(*script, view);
  add_analysis(target, view);
  BELAY_TRY(add_entry(target, *script, view));
  tell(view);
  return view;
}

}  // namespace belay::workbench

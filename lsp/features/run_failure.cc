#include "lsp/features/run_failure.h"

#include "support/hash.h"

namespace belay::lsp {
namespace {

using project::Direction;

/// The script that failed, as it stands in the target's history.
const AnalyzedScript* script_of(const workbench::SessionTarget& target,
                                const runtime::MigrationReport& failed) {
  const AnalyzedMigration* migration = workbench::analysis_of(target, failed.display_name);
  if (migration == nullptr) return nullptr;
  const auto& script =
      failed.direction == runtime::Direction::kUp ? migration->up : migration->down;
  return script ? &*script : nullptr;
}

/// The statement around the place that the database points at, which may lie within it.
ByteRange statement_at(const AnalyzedScript& script, const runtime::StatementPlace& place) {
  // A program tells where it stands, not which of its statements has failed.
  if (script.sources != nullptr) return script.sources->anchor().range;
  const auto& statements = script.parsed->statements;
  if (statements.empty()) return {0, 0};
  if (place.line == 0) return statements.front().range;
  for (const sql::ScriptStatement& statement : statements) {
    if (place.offset < statement.end) return statement.range;
  }
  return statements.back().range;
}

std::string message_of_failure(const runtime::MigrationReport& failed) {
  const runtime::DatabaseError& error = *failed.error;
  std::string out = failed.display_name + " failed here: " + error.message;
  if (!error.code_name.empty()) out += " (" + error.code_name + ")";
  if (!error.hint.empty()) out += "\n" + error.hint;
  if (failed.in_transaction) return out + "\nNothing of the migration stayed.";
  return out + "\n" + std::to_string(failed.statements_done) + " of its " +
         std::to_string(failed.statements) + " statements stayed.";
}

}  // namespace

bool RunFailure::fits(const Document& text) const { return hash_bytes(text.text()) == ran; }

RunFailures failures_of(const workbench::SessionTarget& target, const runtime::RunReport& report) {
  if (!report.failed || report.migrations.empty()) return {};
  const runtime::MigrationReport& failed = report.migrations.back();
  const AnalyzedScript* script = failed.error ? script_of(target, failed) : nullptr;
  if (script == nullptr || failed.error->place.path.empty()) return {};
  RunFailure out;
  out.path = path::absolute(failed.error->place.path);
  out.range = statement_at(*script, failed.error->place);
  out.message = message_of_failure(failed);
  out.ran = hash_bytes(script->source.text());
  return {std::move(out)};
}

}  // namespace belay::lsp

#include "runtime/session/batch_progress.h"

#include "runtime/batches/key.h"
#include "runtime/batches/position.h"
#include "runtime/io/json.h"
#include "runtime/io/sha256.h"
#include "runtime/session/migration_job.h"
#include "support/counted.h"

namespace belay::runtime {

std::string BatchProgress::to_text() const {
  return dump_json(
      {{"statement", statement_hash}, {"position", parse_json(position)}, {"changed", changed}});
}

std::optional<BatchProgress> BatchProgress::read(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const Json json = parse_json(text);
  BatchProgress out;
  out.position = dump_json(at(json, "position"));
  const std::optional<BatchPosition> position = BatchPosition::read(out.position);
  if (!position) return std::nullopt;
  out.statement_hash = text_at(json, "statement");
  out.batches = position->batches;
  out.rows = position->rows;
  out.changed = static_cast<uint64_t>(number_at(json, "changed"));
  out.came_to = shown_key(position->last);
  return out;
}

BatchedStatement BatchProgress::of_statement(uint32_t number, bool done) const {
  return {number, batches, rows, changed, came_to, done};
}

std::string hash_of_batched(const Script& script, const PlannedStatement& statement) {
  return sha256_hex(add_statement_hash("", script, statement) + ":" + statement.batch->table + ":" +
                    statement.batch->key);
}

std::vector<BatchedStatement> batched_from(std::string_view batches, uint32_t statements_done) {
  const std::optional<BatchProgress> progress = BatchProgress::read(batches);
  if (!progress) return {};
  return {progress->of_statement(statements_done + 1, /*done=*/false)};
}

std::string how_far(uint32_t statements_done, uint32_t statements,
                    const std::vector<BatchedStatement>& batched, std::string_view whose) {
  std::string out = std::to_string(statements_done) + " of " + std::string(whose) +
                    counted(statements, "statement");
  if (batched.empty() || batched.back().done) return out;
  const BatchedStatement& last = batched.back();
  return out + " and " + std::to_string(last.batches) +
         (last.batches == 1 ? " batch" : " batches") + " of the next one (up to the key " +
         last.came_to + ")";
}

std::string how_far(const LedgerEntry& entry, std::string_view whose) {
  return how_far(entry.statements_done, entry.statements,
                 batched_from(entry.batches, entry.statements_done), whose);
}

std::string how_far(const MigrationReport& migration) {
  return how_far(migration.statements_done, migration.statements, migration.batched);
}

}  // namespace belay::runtime

#include "analyzer/rollback/rerun.h"

#include <algorithm>
#include <deque>

#include "analyzer/rollback/reversibility.h"
#include "analyzer/schema/compare.h"
#include "analyzer/schema/replay.h"

namespace belay::rollback {
namespace {

constexpr size_t kMaxStatements = 50;

/// Numbers of scripts that stand nowhere (`schema::Origin::script`): what they make was made by
/// none of the history's.
constexpr uint32_t kTrialUp = 0xFFFFFFFE;
constexpr uint32_t kTrialDown = 0xFFFFFFFF;

bool is_too_long(const sql::ParsedScript& script) {
  return script.statements.size() > kMaxStatements;
}

/// Applies a statement, or leaves the schema as it is and says why it surely stops.
std::optional<std::string> run_statement(const sql::ParsedScript& script, uint32_t number,
                                         uint32_t statement, schema::Schema& schema) {
  const sql::StatementPtr& parsed = script.statements[statement].parsed;
  if (parsed == nullptr) return std::nullopt;
  schema::Replay replay(schema);
  for (size_t o = 0; o < parsed->operations.size(); ++o) {
    const auto failure = replay.apply(*parsed, o, {number, statement});
    if (failure && failure->certain) return failure->message;
  }
  schema = std::move(replay).take();
  return std::nullopt;
}

std::optional<Stop> first_stop(const sql::ParsedScript& down, schema::Schema schema) {
  for (uint32_t s = 0; s < down.statements.size(); ++s) {
    if (auto why = run_statement(down, kTrialDown, s, schema)) return Stop{s, std::move(*why), 0};
  }
  return std::nullopt;
}

bool changes_something(const sql::ScriptStatement& statement) {
  return statement.parsed != nullptr &&
         !std::all_of(statement.parsed->operations.begin(), statement.parsed->operations.end(),
                      changes_nothing);
}

/// The first stop of a down behind a part of another script, as short as can be: a part that is
/// neither nothing nor the whole.
std::optional<Stop> stop_behind_part(const sql::ParsedScript& first, uint32_t number,
                                     schema::Schema schema, const sql::ParsedScript& down) {
  if (is_too_long(first) || is_too_long(down)) return std::nullopt;
  bool has_begun = false;
  for (uint32_t s = 0; s < first.statements.size(); ++s) {
    if (!changes_something(first.statements[s])) continue;
    if (has_begun) {
      if (auto stop = first_stop(down, schema)) {
        stop->broken_off_at = s;
        return stop;
      }
    }
    if (run_statement(first, number, s, schema)) return std::nullopt;
    has_begun = true;
  }
  return std::nullopt;
}

}  // namespace

std::optional<uint32_t> runs_behind(const sql::ParsedScript& down, uint32_t failing,
                                    const schema::Schema& before, const schema::Schema& after_up) {
  if (is_too_long(down)) return std::nullopt;
  schema::Schema schema = after_up;
  std::deque<uint32_t> waiting;
  std::optional<uint32_t> out;
  for (uint32_t s = 0; s < down.statements.size(); ++s) {
    if (run_statement(down, kTrialDown, s, schema)) {
      waiting.push_back(s);
      continue;
    }
    // Each statement that runs may let those run that had to wait, which may let others run.
    for (size_t i = 0; i < waiting.size();) {
      if (run_statement(down, kTrialDown, waiting[i], schema)) {
        ++i;
        continue;
      }
      if (waiting[i] == failing) out = s;
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
      i = 0;
    }
  }
  if (!waiting.empty()) return std::nullopt;
  const std::vector<schema::Change> left = schema::compare(before, schema);
  const bool restores = std::all_of(
      left.begin(), left.end(), [](const schema::Change& c) { return c.order_only || !c.certain; });
  return restores ? out : std::nullopt;
}

std::optional<Stop> stop_of_second_run(const sql::ParsedScript& down,
                                       const schema::Schema& after_up) {
  return stop_behind_part(down, kTrialDown, after_up, down);
}

std::optional<Stop> stop_behind_partial_up(const sql::ParsedScript& up,
                                           const schema::Schema& before,
                                           const sql::ParsedScript& down) {
  return stop_behind_part(up, kTrialUp, before, down);
}

}  // namespace belay::rollback

#include "analyzer/rollback/generate/draft.h"

#include "analyzer/sql/statement.h"

namespace belay::rollback {

std::optional<schema::Schema> Draft::after(const std::string& statement) const {
  const sql::StatementPtr parsed = sql::parse_statement(statement, now_.dialect());
  if (!parsed->problems.empty()) return std::nullopt;
  schema::Replay replay(now_);
  for (size_t i = 0; i < parsed->operations.size(); ++i) {
    const auto failure = replay.apply(*parsed, i, {script_id_, statements_});
    if (failure) return std::nullopt;
  }
  if (replay.schema().uncertainties().size() > now_.uncertainties().size()) return std::nullopt;
  return std::move(replay).take();
}

void Draft::write(const std::string& statement) {
  const sql::StatementPtr parsed = sql::parse_statement(statement, now_.dialect());
  schema::Replay replay(std::move(now_));
  for (size_t i = 0; i < parsed->operations.size(); ++i) {
    replay.apply(*parsed, i, {script_id_, statements_});
  }
  now_ = std::move(replay).take();
  ++statements_;
  text_ += statement + ";\n";
}

bool Draft::try_to_write(const std::string& statement) {
  std::optional<schema::Schema> behind = after(statement);
  if (!behind) return false;
  now_ = std::move(*behind);
  ++statements_;
  text_ += statement + ";\n";
  return true;
}

void Draft::say(std::string_view comment) { text_ += "-- " + std::string(comment) + "\n"; }

}  // namespace belay::rollback

// A down is written in the order in which nothing stands in the way of anything: what was renamed
// gets its name back; then what leans on others goes (views, triggers, foreign keys, indexes), then
// what is extra; then types, tables and columns come back, and at last what leans on them. Whatever
// a statement cannot bring back stands in the text as a comment.

#include "analyzer/rollback/generate/generate.h"

#include "analyzer/rollback/generate/generator.h"
#include "analyzer/schema/compare.h"

namespace belay::rollback {

Generator::Generator(const GenerateInput& input)
    : in_(input),
      before_(input.before),
      want_(input.before),
      originals_(input.ups, input.before.dialect()),
      draft_(input.start,
             input.ups.empty() ? 1 : static_cast<uint32_t>(2 * (input.ups.size() - 1) + 1)) {}

GeneratedDown Generator::run() && {
  say_other_losses();
  undo_renames();
  if (before_.dialect().engine == Engine::kSqlite) {
    run_sqlite();
  } else {
    run_postgres();
  }
  say_what_is_left();
  return {draft_.text(), std::move(not_restored_)};
}

void Generator::run_postgres() {
  drop_views();
  drop_triggers_and_rules();
  drop_constraints(true);
  drop_constraints(false);
  drop_indexes();
  change_inheritance();
  if (in_.kept.empty()) drop_extra_tables();
  add_others();
  add_types();
  alter_types();
  add_functions(true);
  add_sequences();
  drop_extra_columns();
  create_missing_tables();
  add_missing_columns();
  alter_columns();
  add_functions(false);
  add_constraints(false);
  add_indexes();
  take_kept_rows_back();
  if (!in_.kept.empty()) drop_extra_tables();
  add_constraints(true);
  add_views();
  add_triggers_and_rules();
  drop_sequences();
  alter_sequences();
  drop_functions();
  drop_types();
  drop_others();
  set_trigger_states();
  set_attributes();
}

void Generator::not_restored(std::string what) {
  draft_.say("Not restored: " + what + ".");
  not_restored_.push_back(std::move(what));
}

void Generator::say_what_is_left() {
  for (const schema::Change& change : schema::compare(before_, now())) {
    if (!change.certain) continue;
    std::string what = change.to_string();
    for (char& c : what) {
      if (c == '\n' || c == '\r') c = ' ';
    }
    if (change.order_only) what += ": PostgreSQL adds columns at the end";
    not_restored(std::move(what));
  }
}

static std::string loss_text(const DataLoss& loss) {
  using Kind = DataLoss::Kind;
  const std::string column = loss.table + "." + loss.column;
  const std::string restore = " restore them from the snapshot.";
  switch (loss.kind) {
    case Kind::kTable: return "The rows of " + loss.table + " are gone:" + restore;
    case Kind::kColumn: return "The values of " + column + " are gone:" + restore;
    case Kind::kAllRows: return "The up removed all rows of " + loss.table + ":" + restore;
    case Kind::kSomeRows: return "The up removed rows of " + loss.table + ":" + restore;
    case Kind::kValues: return "The up overwrote values of " + column + ":" + restore;
    case Kind::kPrecision: return "What did not fit into " + column + " is gone:" + restore;
  }
  return "";
}

void Generator::say_lost(const std::string& table, const std::string& column) {
  for (size_t i = 0; i < in_.lost.size(); ++i) {
    const DataLoss& loss = in_.lost[i];
    if (loss.table != before_.display(table) || loss.column != column) continue;
    if (loss.kind != DataLoss::Kind::kTable && loss.kind != DataLoss::Kind::kColumn) continue;
    if (said_.insert(i).second) draft_.say(loss_text(loss));
  }
}

void Generator::say_other_losses() {
  for (size_t i = 0; i < in_.lost.size(); ++i) {
    const DataLoss& loss = in_.lost[i];
    const schema::Table* table = before_.table(before_.key("", loss.table));
    if (loss.table.find('.') != std::string::npos) table = before_.table(loss.table);
    const bool told_later =
        table != nullptr && table->known &&
        (loss.kind == DataLoss::Kind::kTable ||
         (loss.kind == DataLoss::Kind::kColumn && table->column(loss.column) != nullptr));
    if (told_later) continue;
    said_.insert(i);
    draft_.say(loss_text(loss));
  }
}

GeneratedDown generate_down(const GenerateInput& input) { return Generator(input).run(); }

}  // namespace belay::rollback

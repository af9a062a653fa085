#include <algorithm>

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.engine = Engine::kPostgres,
     .title = "The down writes the name that PostgreSQL chose",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY);\n"
               "CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint);",
     .sql = "ALTER TABLE lines ADD [[FOREIGN KEY (order_id) REFERENCES orders NOT VALID]];",
     .down = "ALTER TABLE lines DROP CONSTRAINT lines_order_id_fkey;"},
    {.engine = Engine::kPostgres,
     .title = "So it is with an index",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, state text);",
     .sql = "CREATE INDEX ON [[orders]] (state);",
     .down = "DROP INDEX orders_state_idx;"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "The up gives the name",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY);\n"
               "CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint);",
     .sql = "ALTER TABLE lines ADD CONSTRAINT lines_order_id_fkey FOREIGN KEY (order_id) "
            "REFERENCES orders;",
     .down = "ALTER TABLE lines DROP CONSTRAINT lines_order_id_fkey;"},
    {.engine = Engine::kPostgres,
     .title = "The down needs no name",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY);",
     .sql = "CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders);",
     .down = "DROP TABLE lines;"},
};

constexpr Descriptor kDescriptor = {
    .id = "guessed-constraint-name",
    .title = "The down guesses a name that the engine chose",
    .category = Category::kRollback,
    .engines = {Engine::kPostgres},
    .severity = Severity::kInfo,
    .why =
        R"(The up makes a constraint or an index without a name, and the down writes the one that PostgreSQL
gives it. The guess is right for this history; where the name was taken, or the table once had
another name, the engine chose differently, and the down stops.)",
    .instead = R"(Give the name in the up: `CONSTRAINT lines_order_id_fkey FOREIGN KEY ...`.)",
    .exemptions =
        R"(Silent where the down does not use the name. A guess that is wrong is a
[down-fails](down-fails.md).)",
    .bad = kBad,
    .good = kGood,
};

/// Calls `visit` for each constraint that an operation writes without a name.
template <class Visit>
void for_each_unnamed(const sql::Operation& operation, Visit visit) {
  const auto all = [&](const std::vector<sql::ConstraintDefinition>& constraints) {
    for (const sql::ConstraintDefinition& c : constraints) {
      if (c.name.empty() && c.kind != sql::ConstraintKind::kNotNull) visit(c);
    }
  };
  if (const auto* create = operation.as<sql::CreateTable>()) {
    for (const sql::ColumnDefinition& c : create->columns) all(c.constraints);
    all(create->constraints);
  } else if (const auto* column = operation.as<sql::AddColumn>()) {
    all(column->column.constraints);
  } else if (const auto* constraint = operation.as<sql::AddConstraint>()) {
    if (constraint->constraint.name.empty()) visit(constraint->constraint);
  }
}

/// Where the up wrote it; none where that cannot be told.
std::optional<ByteRange> written_at(const MigrationContext& migration,
                                    const schema::Constraint& constraint) {
  const sql::ScriptStatement& s = migration.up.script.statements[constraint.origin.statement];
  std::vector<ByteRange> found;
  for (const sql::Operation& operation : s.parsed->operations) {
    for_each_unnamed(operation, [&](const sql::ConstraintDefinition& c) {
      const bool same_columns = std::equal(
          c.columns.begin(), c.columns.end(), constraint.columns.begin(), constraint.columns.end(),
          [](const sql::Name& a, const std::string& b) { return a.id == b; });
      const bool same =
          c.kind == constraint.kind && (c.kind == sql::ConstraintKind::kCheck || same_columns);
      if (same) found.push_back(c.clause.shifted(s.range.begin));
    });
  }
  return found.size() == 1 ? std::optional(found.front()) : std::nullopt;
}

std::string message_for(const std::string& name) {
  return "PostgreSQL chooses the name " + code(name) + ", and the down has to guess it.";
}

void check_constraint(const MigrationContext& migration, const sql::DropConstraint& op,
                      const Place& in_down, Report& up) {
  const schema::Table* table = migration.after_up.table(op.table.name);
  const schema::Constraint* c = table == nullptr ? nullptr : table->constraint(op.constraint.id);
  if (c == nullptr || !c->name_is_generated || c->origin.script != migration.up.script_id()) return;
  const auto place = written_at(migration, *c);
  if (!place) return;
  up.at(migration.up, *place, message_for(c->name))
      .related(in_down, "The down drops it by that name.")
      .fix("Give it that name here",
           {{{place->begin, place->begin},
             "CONSTRAINT " + quoted(migration.up.engine(), c->name) + " "}});
}

void check_index(const MigrationContext& migration, const sql::DropIndex& op, const Place& in_down,
                 Report& up) {
  const std::string key = migration.after_up.key(op.index);
  const schema::Table* table = migration.after_up.table_of_index(key);
  const schema::Index* index = table == nullptr ? nullptr : table->index(op.index.name.id);
  if (index == nullptr || index->origin.script != migration.up.script_id()) return;
  const sql::ScriptStatement& s = migration.up.script.statements[index->origin.statement];
  const auto* create = s.parsed->operations.front().as<sql::CreateIndex>();
  if (create == nullptr || !create->index.empty()) return;
  up.at(migration.up, create->table.range.shifted(s.range.begin), message_for(index->name))
      .related(in_down, "The down drops it by that name.")
      .fix("Give it that name here", {{{create->concurrently_range.end + s.range.begin,
                                        create->concurrently_range.end + s.range.begin},
                                       " " + quoted(migration.up.engine(), index->name)}});
}

void check(const MigrationContext& migration, Report& up, Report& /*down*/) {
  if (migration.down == nullptr) return;
  const ScriptContext& down = *migration.down;
  for (const sql::ScriptStatement& s : down.script.statements) {
    if (s.parsed == nullptr) continue;
    const Place place = {down.location.path, s.range};
    for (const sql::Operation& operation : s.parsed->operations) {
      if (const auto* constraint = operation.as<sql::DropConstraint>()) {
        check_constraint(migration, *constraint, place, up);
      } else if (const auto* index = operation.as<sql::DropIndex>()) {
        check_index(migration, *index, place, up);
      }
    }
  }
}

}  // namespace

Rule make_guessed_constraint_name() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules

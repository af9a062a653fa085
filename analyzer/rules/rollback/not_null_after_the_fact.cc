#include <algorithm>

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/rules/rollback/pair.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.engine = Engine::kPostgres,
     .title = "NULLs were allowed since the up",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, state text NOT NULL);",
     .sql = "ALTER TABLE orders ALTER COLUMN state DROP NOT NULL;",
     .down = "[[ALTER TABLE orders ALTER COLUMN state SET NOT NULL]];"},
    {.engine = Engine::kPostgres,
     .title = "Values that the old type cannot hold",
     .before = "CREATE TABLE orders (id integer PRIMARY KEY, total integer);",
     .sql = "ALTER TABLE orders ALTER COLUMN total TYPE bigint;",
     .down = "[[ALTER TABLE orders ALTER COLUMN total TYPE integer]];"},
    {.engine = Engine::kSqlite,
     .title = "Doubles that were written meanwhile",
     .before = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);\n"
               "CREATE UNIQUE INDEX users_email ON users (email);",
     .sql = "DROP INDEX users_email;",
     .down = "[[CREATE UNIQUE INDEX users_email ON users (email)]];"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "The down mends the rows first",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, state text NOT NULL);",
     .sql = "ALTER TABLE orders ALTER COLUMN state DROP NOT NULL;",
     .down = "UPDATE orders SET state = 'unknown' WHERE state IS NULL;\n"
             "ALTER TABLE orders ALTER COLUMN state SET NOT NULL;"},
    {.engine = Engine::kPostgres,
     .title = "A constraint that asks nothing of the rows that are there",
     .before = "CREATE TABLE orders (id bigint PRIMARY KEY, total bigint,\n"
               "  CONSTRAINT total_positive CHECK (total > 0));",
     .sql = "ALTER TABLE orders DROP CONSTRAINT total_positive;",
     .down = "ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;"},
};

constexpr Descriptor kDescriptor = {
    .id = "not-null-after-the-fact",
    .title = "The down asks more of the rows than was asked since the up",
    .category = Category::kRollback,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kWarning,
    .why =
        R"(The up loosens something (NOT NULL, a CHECK, a foreign key, uniqueness, a narrow type), programs
use the new freedom, and the down takes it back: it stops at the first row that was written meanwhile
and does not fit. On the empty database of a test it runs.)",
    .instead =
        R"(Let the down bring the rows into order first, as it has to be decided anyway: an UPDATE of the
NULLs, a DELETE of the doubles. Or put the constraint back with NOT VALID, which asks only what is
written from then on.)",
    .exemptions =
        R"(Silent where an earlier statement of the down writes into the table or deletes from it, for NOT
VALID, where the up leaves something in place that asks the same, for tables that the down makes, and
for columns that it makes, unless they become NOT NULL without a value.)",
    .bad = kBad,
    .good = kGood,
};

/// The table that the rows of a statement's operation are in, and why they may not fit.
struct Demand {
  const sql::QualifiedName* table = nullptr;
  std::vector<std::string> columns;
  std::string message;
  bool of_values = true;  ///< NULL fits always
  bool is_unique = false;
  const sql::QualifiedName* references = nullptr;  ///< of a foreign key
};

std::string columns_text(const std::vector<std::string>& columns) {
  std::string out;
  for (const std::string& c : columns) out += (out.empty() ? "" : ", ") + c;
  return code(out);
}

std::optional<Demand> demand_of(const sql::ConstraintDefinition& c) {
  using Kind = sql::ConstraintKind;
  if (c.not_valid || !c.using_index.empty()) return std::nullopt;
  Demand out;
  out.columns = ids(c.kind == Kind::kCheck ? c.check.columns : c.columns);
  switch (c.kind) {
    case Kind::kCheck: out.message = "break this CHECK"; break;
    case Kind::kUnique:
      out.is_unique = true;
      out.message = "hold the same values twice in " + columns_text(out.columns);
      break;
    case Kind::kPrimaryKey:
      out.is_unique = true;
      out.message = "hold NULL or the same values twice in " + columns_text(out.columns);
      break;
    case Kind::kForeignKey:
      out.references = &c.references;
      out.message = "name rows of " + code(c.references.to_string()) + " that are not there in " +
                    columns_text(out.columns);
      break;
    default: return std::nullopt;
  }
  return out;
}

std::optional<Demand> demand_of(const sql::Operation& operation) {
  if (const auto* op = operation.as<sql::SetNotNull>()) {
    Demand out;
    out.table = &op->table.name;
    out.columns = {op->column.id};
    out.message = "hold NULL in " + code(op->column.id);
    out.of_values = false;
    return out;
  }
  if (const auto* op = operation.as<sql::AddConstraint>()) {
    auto out = demand_of(op->constraint);
    if (out) out->table = &op->table.name;
    return out;
  }
  const auto* op = operation.as<sql::CreateIndex>();
  if (op == nullptr || !op->unique) return std::nullopt;
  Demand out;
  out.table = &op->table;
  for (const sql::IndexElement& e : op->elements) {
    if (!e.column.empty()) out.columns.push_back(e.column.id);
  }
  out.message = "hold the same values twice";
  out.is_unique = true;
  return out;
}

class Check {
 public:
  Check(const MigrationContext& migration, Report& down) : m_(migration), report_(down) {}

  void run() {
    for (const ScriptTrace::Step& step : m_.down_trace->steps) {
      const sql::ScriptStatement& s = m_.down->script.statements[step.statement];
      const sql::Operation& operation = s.parsed->operations[step.operation];
      note_written(operation);
      if (const auto demand = demand_of(operation)) {
        check_demand(*demand, s, operation);
      } else if (operation.as<sql::AlterColumnType>() != nullptr) {
        check_narrowed(step, s, operation);
      }
    }
  }

 private:
  void note_written(const sql::Operation& operation) {
    if (const auto* op = operation.as<sql::Update>()) note(op->table);
    if (const auto* op = operation.as<sql::Delete>()) note(op->table);
    if (const auto* op = operation.as<sql::Insert>()) note(op->table);
    if (const auto* op = operation.as<sql::Truncate>()) note(op->table);
    if (const auto* op = operation.as<sql::Merge>()) note(op->table);
    // It may write into any.
    anything_written_ |= operation.as<sql::DoBlock>() != nullptr;
  }
  void note(const sql::QualifiedName& table) { written_.push_back(shown(m_, table)); }

  bool is_written(const std::string& table) const {
    return anything_written_ ||
           std::find(written_.begin(), written_.end(), table) != written_.end();
  }

  /// The table as it stood before the up, which others write into since.
  bool is_old(const sql::QualifiedName& name) const {
    const schema::Table* before = m_.before.table(name);
    const schema::Table* now = m_.after_down.table(name);
    return before != nullptr && !before->temporary && now != nullptr &&
           now->origin.script != m_.down->script_id();
  }

  bool is_made_by_down(const sql::QualifiedName& table, const std::string& column) const {
    const schema::Table* up = m_.after_up.table(table);
    return up != nullptr && up->complete && up->column(column) == nullptr;
  }

  void check_demand(const Demand& demand, const sql::ScriptStatement& s,
                    const sql::Operation& operation) {
    const std::string table = shown(m_, *demand.table);
    if (!is_old(*demand.table) || is_written(table)) return;
    const bool new_column =
        std::any_of(demand.columns.begin(), demand.columns.end(),
                    [&](const std::string& c) { return is_made_by_down(*demand.table, c); });
    if (new_column && (demand.of_values || has_value(*demand.table, demand.columns[0]))) return;
    if (!demand.of_values && is_not_null(*demand.table, demand.columns[0])) return;
    if (demand.of_values && is_asked_already(demand)) return;
    tell(*demand.table, s, operation,
         "Rows of " + code(table) + " written since the up may " + demand.message +
             ": then this fails, and the rollback with it.");
  }

  /// Whether what the up left asks the same of the rows: a constraint that comes back with another
  /// action or name.
  bool is_asked_already(const Demand& demand) const {
    const schema::Table* up = m_.after_up.table(*demand.table);
    if (up == nullptr) return false;
    const std::string references =
        demand.references == nullptr ? "" : m_.after_up.key(*demand.references);
    const auto same_constraint = [&](const schema::Constraint& c) {
      const bool unique =
          c.kind == sql::ConstraintKind::kUnique || c.kind == sql::ConstraintKind::kPrimaryKey;
      return c.validated && c.columns == demand.columns &&
             (demand.is_unique
                  ? unique
                  : c.kind == sql::ConstraintKind::kForeignKey && c.referenced_table == references);
    };
    const auto same_index = [&](const schema::Index& i) {
      return demand.is_unique && i.unique && !i.partial && i.columns == demand.columns;
    };
    return std::any_of(up->constraints.begin(), up->constraints.end(), same_constraint) ||
           std::any_of(up->indexes.begin(), up->indexes.end(), same_index);
  }

  bool is_not_null(const sql::QualifiedName& table, const std::string& column) const {
    const schema::Table* up = m_.after_up.table(table);
    const schema::Column* c = up == nullptr ? nullptr : up->column(column);
    return c != nullptr && (c->not_null || up->in_primary_key(column));
  }

  /// Whether a column that the down adds gets something for the rows that are there.
  bool has_value(const sql::QualifiedName& table, const std::string& column) const {
    const schema::Table* down = m_.after_down.table(table);
    const schema::Column* c = down == nullptr ? nullptr : down->column(column);
    return c == nullptr || c->default_value || c->generated != schema::Column::Generated::kNo ||
           c->identity != schema::Column::Identity::kNo;
  }

  void check_narrowed(const ScriptTrace::Step& step, const sql::ScriptStatement& s,
                      const sql::Operation& operation) {
    const auto& op = *operation.as<sql::AlterColumnType>();
    if (step.losses.empty() || !is_old(op.table.name) || is_written(shown(m_, op.table.name))) {
      return;
    }
    tell(op.table.name, s, operation,
         "Values of " + code(shown(m_, op.table.name) + "." + op.column.id) +
             " written since the up may not fit into " + code(op.type.to_string()) +
             ": they are cut, or this fails.");
  }

  void tell(const sql::QualifiedName& table, const sql::ScriptStatement& s,
            const sql::Operation& operation, std::string message) {
    FindingBuilder finding =
        report_.at(*m_.down, range_in_document(s, operation), std::move(message));
    if (auto place = up_statement_on(m_, m_.before.key(table))) {
      finding.related(*std::move(place), "From here on such rows may be written.");
    }
  }

  const MigrationContext& m_;
  Report& report_;
  std::vector<std::string> written_;
  bool anything_written_ = false;
};

void check(const MigrationContext& migration, Report& /*up*/, Report& down) {
  if (migration.down == nullptr) return;
  if (migration.reversibility.verdict == rollback::Verdict::kDownFailed) return;
  Check(migration, down).run();
}

}  // namespace

Rule make_not_null_after_the_fact() { return {&kDescriptor, {}, nullptr, nullptr, check}; }

}  // namespace belay::rules

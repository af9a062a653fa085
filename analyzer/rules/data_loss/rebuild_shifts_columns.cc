#include <algorithm>

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "support/contains.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.engine = Engine::kSqlite,
     .title = "SELECT * follows the old order of columns",
     .before = "CREATE TABLE users (id INTEGER PRIMARY KEY, first TEXT, last TEXT);",
     .sql = "CREATE TABLE users_new (id INTEGER PRIMARY KEY, last TEXT, first TEXT NOT NULL);\n"
            "INSERT INTO [[users_new]] SELECT * FROM users;\n"
            "DROP TABLE users;\n"
            "ALTER TABLE users_new RENAME TO users;"},
    {.engine = Engine::kSqlite,
     .title = "A column that both tables have is not copied",
     .before = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT);",
     .sql = "CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);\n"
            "INSERT INTO [[users_new]] (id, name) SELECT id, name FROM users;\n"
            "DROP TABLE users;\n"
            "ALTER TABLE users_new RENAME TO users;"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kSqlite,
     .title = "Both lists written out",
     .before = "CREATE TABLE users (id INTEGER PRIMARY KEY, first TEXT, last TEXT);",
     .sql = "CREATE TABLE users_new (id INTEGER PRIMARY KEY, last TEXT, first TEXT NOT NULL);\n"
            "INSERT INTO users_new (id, first, last) SELECT id, first, last FROM users;\n"
            "DROP TABLE users;\n"
            "ALTER TABLE users_new RENAME TO users;"},
    {.engine = Engine::kSqlite,
     .title = "A new name for a column",
     .before = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);",
     .sql = "CREATE TABLE users_new (id INTEGER PRIMARY KEY, full_name TEXT NOT NULL);\n"
            "INSERT INTO users_new (id, full_name) SELECT id, name FROM users;\n"
            "DROP TABLE users;\n"
            "ALTER TABLE users_new RENAME TO users;"},
};

constexpr Descriptor kDescriptor = {
    .id = "rebuild-shifts-columns",
    .title = "A copy into the rebuilt table that mixes up or leaves out columns",
    .category = Category::kDataLoss,
    .engines = {Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(`INSERT ... SELECT` fills columns by position, not by name, and SQLite takes any value for any
type. Where the two orders differ, values land in the wrong columns without an error; a column that
is not in the list stays empty. Then the old table is dropped.)",
    .instead = R"(Write both lists of columns, in the same order.)",
    .exemptions =
        R"(Only copies within a rebuild count: the script made the target, and drops the source afterwards.
Silent where the query is more than a list of columns of one table, and for a primary key that is left
out: the rows get new numbers.)",
    .bad = kBad,
    .good = kGood,
    .checks_downs = true,
    .outside_migrations = true,
};

std::vector<std::string> column_names(const schema::Table& table) {
  std::vector<std::string> out;
  for (const schema::Column& c : table.columns) {
    if (c.generated == schema::Column::Generated::kNo) out.push_back(c.name);
  }
  return out;
}

/// The columns that the query yields, with those of the table in a star's place; none where it is
/// more than columns, or they are not all known.
std::optional<std::vector<std::string>> yielded(const sql::Insert& op,
                                                const schema::Table& source) {
  std::vector<std::string> out;
  for (const sql::Name& name : op.selected) {
    if (!name.empty()) {
      out.push_back(name.id);
      continue;
    }
    if (!source.complete) return std::nullopt;
    const std::vector<std::string> all = column_names(source);
    out.insert(out.end(), all.begin(), all.end());
  }
  return op.selected.empty() ? std::nullopt : std::optional(out);
}

void check(const sql::Insert& op, const Context& context, Report& report) {
  if (op.query.relations.size() != 1) return;
  const sql::QualifiedName& from = op.query.relations.front();
  const schema::Table* source = context.table(from);
  const schema::Table* target = context.table(op.table);
  if (source == nullptr || target == nullptr || source == target || !target->complete) return;
  if (!context.is_made_here(op.table) || context.is_made_here(from)) return;
  const std::string source_key = context.before.key(from);
  const bool rebuild = any_later<sql::DropTable>(context, [&](const sql::DropTable& drop) {
    return context.before.key(drop.table) == source_key;
  });
  if (!rebuild) return;
  const auto yields = yielded(op, *source);
  if (!yields) return;
  const std::vector<std::string> fills =
      op.columns.empty() ? column_names(*target) : ids(op.columns);
  if (yields->size() != fills.size()) return;  // an error that SQLite tells itself
  for (size_t i = 0; i < fills.size(); ++i) {
    const bool shifted =
        (*yields)[i] != fills[i] && contains(fills, (*yields)[i]) && contains(*yields, fills[i]);
    if (!shifted) continue;
    report.at(context, op.table.range,
              "The values of " + code((*yields)[i]) + " land in " + code(fills[i]) +
                  ": columns are filled by position.");
    return;
  }
  std::string left_out;
  for (const schema::Column& c : target->columns) {
    // The rows get new numbers where the key is left out.
    const bool numbered = target->in_primary_key(c.name);
    const bool in_both = source->column(c.name) != nullptr && !numbered &&
                         c.generated == schema::Column::Generated::kNo;
    if (!in_both || contains(fills, c.name)) continue;
    left_out += (left_out.empty() ? "" : ", ") + code(c.name);
  }
  if (left_out.empty()) return;
  report.at(context, op.table.range,
            "Both tables have " + left_out +
                ", and this does not copy it: what it held is gone "
                "with the old table.");
}

}  // namespace

Rule make_rebuild_shifts_columns() { return {&kDescriptor, {on<sql::Insert, check>()}}; }

}  // namespace belay::rules

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/schema/generated_names.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "The index is built while nobody can read or write",
     "CREATE TABLE users (id bigint PRIMARY KEY, email text);",
     "ALTER TABLE users ADD CONSTRAINT users_email [[UNIQUE (email)]];"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "The index was built before, without blocking",
     "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n"
     "CREATE UNIQUE INDEX CONCURRENTLY users_email ON users (email);",
     "ALTER TABLE users ADD CONSTRAINT users_email UNIQUE USING INDEX users_email;"},
    {Engine::kPostgres, "The table is made here and still empty", "",
     "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n"
     "ALTER TABLE users ADD UNIQUE (email);"},
};

constexpr Descriptor kDescriptor = {
    .id = "unique-constraint-direct",
    .title = "ADD UNIQUE builds its index under the strongest lock",
    .category = Category::kLocks,
    .engines = {Engine::kPostgres},
    .severity = Severity::kError,
    .why =
        R"(`ADD UNIQUE` takes ACCESS EXCLUSIVE and builds the index under it: reads and writes wait for the
whole build. A duplicate fails the migration at the end of it.)",
    .instead =
        R"(Build the index first, with `CREATE UNIQUE INDEX CONCURRENTLY` outside a transaction, then take it
over in an instant with `ADD CONSTRAINT ... UNIQUE USING INDEX`.)",
    .exemptions =
        R"(Silent with `USING INDEX`, and for a table that the same migration made and left empty.)",
    .bad = kBad,
    .good = kGood,
};

void offer_fix(const sql::AddConstraint& op, const Context& context, FindingBuilder& finding) {
  const sql::ConstraintDefinition& c = op.constraint;
  if (!is_only_operation(context) || !statements_commit_alone(context) || c.deferrable) return;
  std::vector<std::string> ids;
  std::string list;
  for (const sql::Name& n : c.columns) {
    ids.push_back(n.id);
    list += (list.empty() ? "" : ", ") + std::string(context.written(n.range));
  }
  const std::string name =
      c.name.empty()
          ? quoted(Engine::kPostgres, schema::postgres_object_name(
                                          op.table.name.name.id, schema::postgres_column_part(ids),
                                          "key", [](const std::string&) { return false; }))
          : std::string(context.written(c.name.range));
  const std::string table = as_written(context, op.table.name);
  finding.fix(
      "Build the index CONCURRENTLY, then take it over",
      {replace_statement(context, "CREATE UNIQUE INDEX CONCURRENTLY " + name + " ON " + table +
                                      " (" + list + ");\nALTER TABLE " + table +
                                      " ADD CONSTRAINT " + name + " UNIQUE USING INDEX " + name)});
}

void check(const sql::AddConstraint& op, const Context& context, Report& report) {
  const sql::ConstraintDefinition& c = op.constraint;
  if (c.kind != sql::ConstraintKind::kUnique || !c.using_index.empty()) return;
  if (context.is_new(op.table.name)) return;
  FindingBuilder finding =
      report.at(context, c.clause,
                "The unique index on " + target_name(op.table) +
                    " is built under ACCESS EXCLUSIVE: reads and writes wait until it is done.");
  offer_fix(op, context, finding);
}

}  // namespace

Rule make_unique_constraint_direct() { return {&kDescriptor, {on<sql::AddConstraint, check>()}}; }

}  // namespace belay::rules

#include <set>

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/text/lexer.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.title = "Whoever names the table says what runs",
     .cpp = R"x(void empty_table(belay::Database& db, const std::string& table) {
  db.execute("DELETE FROM " + [[table]] + " WHERE expired");
})x"},
    {.title = "A quotation mark in the name ends the text",
     .cpp = R"x(void rename(belay::Database& db, long id, const std::string& name) {
  db.execute("UPDATE people SET name = '" + [[name]] + "' WHERE id = " + std::to_string(id));
})x"},
};

constexpr Example kGood[] = {
    {.title = "A parameter",
     .cpp = R"x(void rename(belay::Database& db, long id, const std::string& name) {
  db.execute("UPDATE people SET name = ? WHERE id = ?", name, id);
})x"},
    {.title = "Names that stand in the source", .cpp = R"x(void empty_tables(belay::Database& db) {
  for (const char* table : {"sessions", "tokens"}) {
    db.execute(std::string("DELETE FROM ") + table + " WHERE expired");
  }
})x"},
};

constexpr Descriptor kDescriptor = {
    .id = "unchecked-input",
    .title = "SQL that is put together from what others hand in",
    .category = Category::kSecurity,
    .engines = Engines::all(),
    .severity = Severity::kWarning,
    .why =
        R"(A part of the SQL is a text that the source does not tell: a parameter, what a function returns,
what was read. Whoever decides what stands there decides what the statement does, with all the
rights that the program has on the database. Where nobody means harm, a quotation mark or a blank
in a name is enough to break it. Belay cannot check such a statement either.)",
    .instead =
        R"(Hand values over as parameters (`?`, `$1`). For names of tables and columns, which cannot be
parameters, choose among those that the source lists, or use your library's function that quotes:
`PQescapeIdentifier`, `sqlite3_mprintf` with `"%w"`, pqxx's `quote_name`.)",
    .exemptions =
        R"(Silent for numbers, for what went through a function that quotes, and for texts of which all that
are possible stand in the source. Told once for each expression. Outside of migrations it is a
warning between the quotes of a value, which could be a parameter, and else for information.)",
    .bad = kBad,
    .good = kGood,
    .checks_downs = true,
    .outside_migrations = true,
};

/// The statement that a part stands in; an empty range where it stands between two.
ByteRange statement_around(const ScriptContext& script, ByteRange part) {
  for (const sql::ScriptStatement& s : script.script.statements) {
    if (s.range.overlaps(part)) return s.range;
  }
  return {};
}

/// Whether it stands between the quotes of a value, where a parameter could stand.
bool is_in_value(const ScriptContext& script, ByteRange part) {
  const ByteRange statement = statement_around(script, part);
  const std::string_view text = statement.of(script.text);
  Lexer lexer(text, script.engine());
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    if (token.is(TokenKind::kString) && token.range.shifted(statement.begin).contains(part)) {
      return true;
    }
  }
  return false;
}

void check(const ScriptContext& script, const ScriptTrace& /*trace*/, Report& report) {
  const bool outside = script.migration.kind == project::Migration::Kind::kOutside;
  std::set<Place> told;
  for (const project::RunTimePart& part : script.location.run_time) {
    if (part.is_condition || part.harmless || part.from_source) continue;
    if (!told.insert(part.decided_at).second) continue;
    FindingBuilder finding =
        report.at(part.decided_at, "The SQL is put together from " + part.why +
                                       ": whoever decides what that is decides what runs.");
    finding.about(statement_around(script, part.range));
    // Programs put the names of their tables together all the time.
    if (outside && !is_in_value(script, part.range)) finding.at_most(Severity::kInfo);
  }
}

}  // namespace

Rule make_unchecked_input() { return {&kDescriptor, {}, check}; }

}  // namespace belay::rules

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {Engine::kPostgres, "The exact place; the other statements are checked all the same", "",
     "CREATE TABLE a (id int);\nALTER TABLE a [[ADDD]] COLUMN b int;\nCREATE TABLE c (id int);"},
    {Engine::kSqlite, "What another dialect has and this one has not", "",
     "ALTER TABLE a [[ALTER]] COLUMN b SET NOT NULL;"},
};

constexpr Example kGood[] = {
    {Engine::kPostgres, "A placeholder that the runner fills in", "",
     "CREATE TABLE ${schema}.a (id int);"},
};

constexpr Descriptor kDescriptor = {
    .id = "syntax-error",
    .title = "A statement that cannot be parsed",
    .category = Category::kAnalysis,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kError,
    .why =
        R"(The statement is not SQL of this dialect, so the migration fails here. What it would have done is
unknown to every later check.)",
    .instead =
        R"(Mend the statement. If the file is written for another dialect, set `dialect` in belay.toml.)",
    .bad = kBad,
    .good = kGood,
    .checks_downs = true,
    .outside_migrations = true,
};

/// Whether a statement before it in the same text of a program could not be read either: where one
/// was cut wrongly, so are those behind it.
bool follows_another(const Context& context) {
  const SourceMap* sources = context.script.location.sources.get();
  if (sources == nullptr) return false;
  const SourceMap::Part* part = sources->part_at(context.statement().range.begin);
  if (part == nullptr) return false;
  for (uint32_t i = context.statement_index; i-- > 0;) {
    const sql::ScriptStatement& before = context.script.script.statements[i];
    if (!part->text.contains(before.range.begin)) return false;
    if (before.parsed != nullptr && !before.parsed->problems.empty()) return true;
  }
  return false;
}

void check(const sql::Unknown&, const Context& context, Report& report) {
  if (follows_another(context)) return;
  for (const sql::Problem& problem : context.statement().parsed->problems) {
    std::string message = problem.message;
    if (!message.empty() && message.back() != '.') message += '.';
    report.at(context, problem.range, std::move(message));
  }
}

/// Where a text is cut generously, at lines that begin like statements, each part can be read by
/// itself; the server would take both for one. A comment between them may be a mark that separates
/// them.
void check_ends(const ScriptContext& script, const ScriptTrace& /*trace*/, Report& report) {
  if (script.location.sources != nullptr) return;
  const std::vector<sql::ScriptStatement>& statements = script.script.statements;
  for (size_t i = 0; i + 1 < statements.size(); ++i) {
    const sql::ScriptStatement& s = statements[i];
    if (s.terminated || s.is_client_command() || !s.parsed->problems.empty()) continue;
    const ByteRange between = {s.range.end, statements[i + 1].range.begin};
    if (between.of(script.text).find_first_not_of(" \t\r\n") != std::string_view::npos) continue;
    const ByteRange end = {s.range.end, s.range.end};
    report
        .at(script, end,
            "A semicolon is missing here: the server takes this statement and the next one for "
            "one.")
        .fix("Add the semicolon", {{end, ";"}});
  }
}

}  // namespace

Rule make_syntax_error() { return {&kDescriptor, {on<sql::Unknown, check>()}, check_ends}; }

}  // namespace belay::rules

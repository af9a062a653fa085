#include "analyzer/rules/helpers.h"

#include "analyzer/sql/quoted_name.h"
#include "support/ascii.h"

namespace belay::rules {
namespace {

/// `lines` with `indent` at the start of every line but the first.
std::string indented(std::string_view lines, std::string_view indent) {
  std::string out;
  for (const char c : lines) {
    out += c;
    if (c == '\n') out += indent;
  }
  return out;
}

}  // namespace

rollback::RowsKept rows_kept(const Context& context, const sql::QualifiedName& table) {
  return rollback::rows_kept(context.script.script, context.statement_index,
                             context.operation_index, context.before, context.before.key(table));
}

std::string as_written(const Context& context, const sql::QualifiedName& name) {
  return std::string(context.written(name.range));
}

std::string quoted(Engine engine, std::string_view id) { return sql::quoted_name(engine, id); }

TextEdit insert_before(const Context& context, std::string_view lines) {
  const uint32_t at = context.statement().range.begin;
  const std::string_view indent = indentation(context.script.text, at);
  return {{at, at}, indented(std::string(lines) + "\n", indent)};
}

TextEdit insert_after(const Context& context, std::string_view lines) {
  const sql::ScriptStatement& s = context.statement();
  const uint32_t at = s.terminated ? s.end : s.range.end;
  const std::string_view indent = indentation(context.script.text, s.range.begin);
  const std::string start = s.terminated ? "\n" : ";\n";
  return {{at, at}, indented(start + std::string(lines), indent)};
}

TextEdit replace_statement(const Context& context, std::string_view sql) {
  const ByteRange range = context.statement().range;
  return {range, indented(sql, indentation(context.script.text, range.begin))};
}

void report_layout_problems(const project::MigrationSet& set, project::LayoutProblem::Kind kind,
                            Report& report) {
  for (const project::LayoutProblem& problem : set.problems) {
    if (problem.kind != kind) continue;
    FindingBuilder finding = report.at(Place{problem.path, problem.range}, problem.message);
    if (!problem.related_path.empty())
      finding.related({problem.related_path, {}}, "The other one.");
  }
}

std::string target_name(const sql::AlterTarget& target) { return code(target.name.to_string()); }

}  // namespace belay::rules

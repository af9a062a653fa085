#include "workbench/verify/sqlite_tables.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "analyzer/sql/quoted_name.h"
#include "support/ascii.h"
#include "workbench/verify/sqlite_text.h"

namespace belay::workbench {
namespace {

using runtime::Rows;
using runtime::Value;
using sqlite_text::Words;

struct KindWord {
  std::string_view word;
  ValueKind kind;
};
// What people write as types, before SQLite's own rules of affinity (datatype3.html, 3.1). The
// first that the type contains counts.
constexpr std::array kKindWords = {
    KindWord{"bool", ValueKind::kBoolean},       KindWord{"timestamp", ValueKind::kTimestamp},
    KindWord{"datetime", ValueKind::kTimestamp}, KindWord{"date", ValueKind::kDate},
    KindWord{"uuid", ValueKind::kUuid},          KindWord{"json", ValueKind::kJson},
    KindWord{"interval", ValueKind::kText},      KindWord{"point", ValueKind::kText},
    KindWord{"int", ValueKind::kInteger},        KindWord{"char", ValueKind::kText},
    KindWord{"clob", ValueKind::kText},          KindWord{"text", ValueKind::kText},
    KindWord{"blob", ValueKind::kBytes},         KindWord{"real", ValueKind::kReal},
    KindWord{"floa", ValueKind::kReal},          KindWord{"doub", ValueKind::kReal},
};

ValueKind kind_of(const std::string& type) {
  if (type.empty()) return ValueKind::kText;
  const std::string lower = ascii::lower(type);
  const auto* found = std::find_if(kKindWords.begin(), kKindWords.end(), [&](const KindWord& k) {
    return lower.find(k.word) != std::string::npos;
  });
  return found == kKindWords.end() ? ValueKind::kInteger : found->kind;
}

std::string string_content(const std::string& literal) {
  std::string out;
  for (size_t i = 1; i + 1 < literal.size(); ++i) {
    out += literal[i];
    if (literal[i] == '\'') ++i;
  }
  return out;
}

void note_check(const Words& check, ColumnShape& column) {
  if (std::find(check.begin(), check.end(), ascii::lower(column.name)) == check.end()) return;
  for (const std::string& word : check) {
    if (word == "json_valid") column.check_wants_json = true;
    if (word.size() > 1 && word.front() == '\'') column.check_texts.push_back(string_content(word));
    int64_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error == std::errc{} && end == word.data() + word.size()) {
      column.check_numbers.push_back(number);
    }
  }
}

}  // namespace

Result<std::vector<TableShape>> read_sqlite_tables(runtime::Connection& connection) {
  Result<Rows> tables = connection.query(
      "SELECT s.name, s.sql FROM main.sqlite_schema s JOIN pragma_table_list l "
      "ON l.schema = 'main' AND l.name = s.name WHERE l.type = 'table' "
      "AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY s.name");
  if (!tables) return std::move(tables).error();
  std::vector<TableShape> out;
  for (size_t i = 0; i < tables->rows.size(); ++i) {
    const std::string name = tables->text(i, 0);
    TableShape& table = out.emplace_back();
    table.id = ascii::lower(name);
    table.quoted = sql::quoted_name(Engine::kSqlite, name);
    const std::vector<Value> parameters = {name};
    Result<Rows> columns = connection.query(
        "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk, hidden "
        "FROM pragma_table_xinfo(?, 'main') ORDER BY cid",
        parameters);
    if (!columns) return std::move(columns).error();
    const std::vector<Words> checks =
        sqlite_text::groups_after(sqlite_text::words_of(tables->text(i, 1)), "check");
    for (size_t k = 0; k < columns->rows.size(); ++k) {
      ColumnShape column;
      column.name = ascii::lower(columns->text(k, 0));
      column.quoted = sql::quoted_name(Engine::kSqlite, columns->text(k, 0));
      column.kind = kind_of(columns->text(k, 1));
      column.required = columns->number(k, 2) != 0 || columns->number(k, 4) != 0;
      column.writable = columns->number(k, 5) == 0;
      for (const Words& check : checks) note_check(check, column);
      table.columns.push_back(std::move(column));
    }
  }
  return out;
}

}  // namespace belay::workbench

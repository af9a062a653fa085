#include "workbench/verify/postgres_tables.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "analyzer/text/lexer.h"

namespace belay::workbench {
namespace {

using runtime::Rows;

struct TypeKind {
  std::string_view type;
  ValueKind kind;
};
constexpr std::array kTypeKinds = {
    TypeKind{"int2", ValueKind::kInteger},
    TypeKind{"int4", ValueKind::kInteger},
    TypeKind{"int8", ValueKind::kInteger},
    TypeKind{"oid", ValueKind::kInteger},
    TypeKind{"numeric", ValueKind::kInteger},
    TypeKind{"float4", ValueKind::kReal},
    TypeKind{"float8", ValueKind::kReal},
    TypeKind{"money", ValueKind::kReal},
    TypeKind{"text", ValueKind::kText},
    TypeKind{"varchar", ValueKind::kText},
    TypeKind{"bpchar", ValueKind::kText},
    TypeKind{"name", ValueKind::kText},
    TypeKind{"citext", ValueKind::kText},
    TypeKind{"tsvector", ValueKind::kText},
    TypeKind{"bool", ValueKind::kBoolean},
    TypeKind{"bytea", ValueKind::kBytes},
    TypeKind{"uuid", ValueKind::kUuid},
    TypeKind{"date", ValueKind::kDate},
    TypeKind{"timestamp", ValueKind::kTimestamp},
    TypeKind{"timestamptz", ValueKind::kTimestamp},
    TypeKind{"time", ValueKind::kTime},
    TypeKind{"timetz", ValueKind::kTime},
    TypeKind{"interval", ValueKind::kInterval},
    TypeKind{"json", ValueKind::kJson},
    TypeKind{"jsonb", ValueKind::kJson},
    TypeKind{"xml", ValueKind::kXml},
    TypeKind{"inet", ValueKind::kAddress},
    TypeKind{"cidr", ValueKind::kAddress},
    TypeKind{"macaddr", ValueKind::kMacAddress},
    TypeKind{"point", ValueKind::kPoint},
    TypeKind{"bit", ValueKind::kBits},
    TypeKind{"varbit", ValueKind::kBits},
    TypeKind{"ltree", ValueKind::kPath},
};

ValueKind kind_of(std::string_view type, std::string_view category) {
  if (category == "A") return ValueKind::kArray;
  if (category == "R") return ValueKind::kRange;
  const auto* found = std::find_if(kTypeKinds.begin(), kTypeKinds.end(),
                                   [type](const TypeKind& k) { return k.type == type; });
  return found == kTypeKinds.end() ? ValueKind::kNone : found->kind;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// The literals in the text of checks, which the server has written: plain strings and numbers.
void note_checks(std::string_view checks, ColumnShape& column) {
  Lexer lexer(checks, Engine::kPostgres);
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    const std::string_view text = token.range.of(checks);
    if (token.is(TokenKind::kString) && text.size() > 2 && text.front() == '\'') {
      column.check_texts.emplace_back(text.substr(1, text.size() - 2));
    } else if (token.is(TokenKind::kNumber)) {
      int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error == std::errc{} && end == text.data() + text.size()) {
        column.check_numbers.push_back(number);
      }
    }
  }
}

// A domain is what it is based on, with its own checks.
constexpr std::string_view kColumns = R"(
SELECT c.oid::regclass::text, c.relkind::text, c.relispartition, quote_ident(a.attname),
  coalesce(b.typname, t.typname)::text, coalesce(b.typcategory, t.typcategory)::text,
  CASE WHEN b.oid IS NOT NULL THEN t.typtypmod ELSE a.atttypmod END,
  a.attnotnull OR t.typnotnull, a.attgenerated = '',
  (SELECT string_agg(e.enumlabel, E'\n' ORDER BY e.enumsortorder) FROM pg_enum e
   WHERE e.enumtypid = coalesce(b.oid, t.oid)),
  (SELECT string_agg(pg_get_constraintdef(k.oid), ' ') FROM pg_constraint k WHERE k.contype = 'c'
   AND ((k.conrelid = c.oid AND a.attnum = ANY (k.conkey)) OR (k.contypid <> 0 AND k.contypid = t.oid)))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_type b ON b.oid = t.typbasetype AND t.typtype = 'd'
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid
    AND x.deptype = 'e')
ORDER BY 1, a.attnum)";

ColumnShape column_of(const Rows& rows, size_t i) {
  ColumnShape out;
  out.name = out.quoted = rows.text(i, 3);
  out.kind = kind_of(rows.text(i, 4), rows.text(i, 5));
  out.labels = lines_of(rows.text(i, 9));
  if (!out.labels.empty()) out.kind = ValueKind::kLabel;
  // The modifier of texts counts four bytes of a header along; other types' mean something else.
  constexpr int64_t kHeader = 4;
  if (out.kind == ValueKind::kText && rows.number(i, 6) > kHeader) {
    out.longest = static_cast<uint32_t>(rows.number(i, 6) - kHeader);
  }
  out.required = rows.number(i, 7) != 0;
  out.writable = rows.number(i, 8) != 0;
  note_checks(rows.text(i, 10), out);
  return out;
}

}  // namespace

Result<std::vector<TableShape>> read_postgres_tables(runtime::Connection& connection) {
  BELAY_TRY(connection.execute("SET search_path = ''"));
  Result<Rows> rows = connection.query(kColumns);
  if (!rows) return std::move(rows).error();
  std::vector<TableShape> out;
  for (size_t i = 0; i < rows->rows.size(); ++i) {
    const std::string id = rows->text(i, 0);
    if (out.empty() || out.back().id != id) {
      TableShape& table = out.emplace_back();
      table.id = table.quoted = id;
      table.holds_rows = rows->text(i, 1) == "r";
      table.takes_rows = rows->number(i, 2) == 0;
    }
    if (!rows->text(i, 3).empty()) out.back().columns.push_back(column_of(*rows, i));
  }
  return out;
}

}  // namespace belay::workbench

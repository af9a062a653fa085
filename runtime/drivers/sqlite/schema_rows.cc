#include "runtime/drivers/sqlite/schema_rows.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "runtime/drivers/sqlite/each_row.h"
#include "runtime/io/sha256.h"
#include "support/ascii.h"

namespace belay::runtime::sqlite {
namespace {

using ObjectPointer = std::shared_ptr<const SchemaObject>;

bool comes_before(const ObjectPointer& a, const ObjectPointer& b) {
  return std::tie(a->type, a->name) < std::tie(b->type, b->name);
}

void add_object(sqlite3_stmt* row, SchemaRows& schema) {
  ++schema.count;
  schema.last = std::max<int64_t>(schema.last, sqlite3_column_int64(row, 5));
  if (text_at(row, 1).starts_with("sqlite_")) return;
  auto object = std::make_shared<SchemaObject>();
  object->type = text_at(row, 0);
  object->name = text_at(row, 1);
  object->table = text_at(row, 2);
  object->sql = text_at(row, 3);
  object->has_pages = sqlite3_column_int64(row, 4) > 0;
  schema.refers |=
      object->type == "table" && ascii::contains_ignoring_case(object->sql, "references");
  schema.objects.push_back(std::move(object));
}

Result<void> add_rows_behind(SqliteConnection& connection, int64_t last, SchemaRows& schema) {
  const auto known = static_cast<std::ptrdiff_t>(schema.objects.size());
  BELAY_TRY(for_each_row(connection,
                         "SELECT type, name, tbl_name, sql, rootpage, rowid FROM sqlite_schema "
                         "WHERE rowid > " +
                             std::to_string(last),
                         [&](sqlite3_stmt* row) { add_object(row, schema); }));
  const auto fresh = schema.objects.begin() + known;
  std::sort(fresh, schema.objects.end(), comes_before);
  std::inplace_merge(schema.objects.begin(), fresh, schema.objects.end(), comes_before);
  return {};
}

}  // namespace

std::string SchemaRows::fingerprint() const {
  Sha256 hash;
  for (const ObjectPointer& object : objects) {
    if (object->table == kLedger) continue;
    for (const std::string* text : {&object->type, &object->name, &object->table, &object->sql}) {
      hash.add(std::to_string(text->size()) + ":");
      hash.add(*text);
    }
  }
  return hash.hex();
}

std::vector<std::string> SchemaRows::stored_tables() const {
  std::vector<std::string> out;
  for (const ObjectPointer& object : objects) {
    if (object->type == "table" && object->has_pages) out.push_back(object->name);
  }
  return out;
}

Result<SchemaRows> read_schema(SqliteConnection& connection) {
  SchemaRows schema;
  BELAY_TRY(add_rows_behind(connection, INT64_MIN, schema));
  return schema;
}

Result<std::optional<SchemaRows>> read_added(SqliteConnection& connection,
                                             const SchemaRows& before) {
  SchemaRows schema = before;
  BELAY_TRY(add_rows_behind(connection, before.last, schema));
  Result<Rows> count = connection.query("SELECT count(*) FROM sqlite_schema");
  if (!count) return std::move(count).error();
  if (count->number() != schema.count) return std::optional<SchemaRows>();
  return std::optional(std::move(schema));
}

}  // namespace belay::runtime::sqlite

#include "workbench/verify/generated_rows.h"

#include <array>
#include <map>
#include <optional>

#include "workbench/verify/generated_values.h"

namespace belay::workbench {
namespace {

using runtime::Connection;

constexpr std::array kFlavours = {Flavour::kLiterals, Flavour::kSized, Flavour::kNumbers,
                                  Flavour::kJson};

Engine engine_of(const Connection& connection) {
  return connection.engine() == runtime::Engine::kSqlite ? Engine::kSqlite : Engine::kPostgres;
}

std::string insert_statement(const TableShape& table, uint32_t row, bool sparse, Flavour flavour,
                             Engine engine) {
  std::string names;
  std::string values;
  for (const ColumnShape& column : table.columns) {
    if (!column.writable || (sparse && !column.required)) continue;
    const std::optional<std::string> value = generated_value(column, row, flavour, engine);
    if (!value) continue;
    names += (names.empty() ? "" : ", ") + column.quoted;
    values += (values.empty() ? "" : ", ") + *value;
  }
  const std::string into = "INSERT INTO " + table.quoted;
  if (names.empty()) return into + " DEFAULT VALUES";
  return into + " (" + names + ") " +
         (engine == Engine::kPostgres ? "OVERRIDING SYSTEM VALUE " : "") + "VALUES (" + values +
         ")";
}

class Filler {
 public:
  Filler(Connection& connection, uint32_t rows)
      : connection_(connection), engine_(engine_of(connection)), rows_(rows) {}

  /// Whether at least one row was taken; else `reason` says why not. A table that may be `sparse`
  /// gets rows with nothing but what it demands where it takes no others.
  bool fill(const TableShape& table, bool sparse, std::string& reason) {
    reason.clear();
    bool taken = false;
    for (uint32_t row = 1; row <= rows_; ++row) {
      const bool last = row == rows_ && rows_ > 1;
      const bool done = (!last && insert(table, row, false, reason)) ||
                        ((last || sparse) && insert(table, row, true, reason));
      // Where the first one is refused, a table that it refers to may still be empty.
      if (!done && row == 1 && !sparse) return false;
      taken |= done;
    }
    return taken;
  }

 private:
  bool insert(const TableShape& table, uint32_t row, bool sparse, std::string& reason) {
    for (const Flavour flavour : kFlavours) {
      if (connection_.execute(insert_statement(table, row, sparse, flavour, engine_))) return true;
      // The first try is the plainest, so its refusal explains most.
      if (reason.empty()) reason = connection_.last_error().message;
    }
    return false;
  }

  Connection& connection_;
  Engine engine_;
  uint32_t rows_;
};

Result<bool> has_rows(Connection& connection, const TableShape& table) {
  Result<runtime::Rows> rows = connection.query("SELECT 1 FROM " + table.quoted + " LIMIT 1");
  if (!rows) return std::move(rows).error();
  return !rows->rows.empty();
}

}  // namespace

Result<FilledTables> fill_tables(Connection& connection, const std::vector<TableShape>& tables,
                                 uint32_t rows) {
  FilledTables out;
  Filler filler(connection, rows);
  std::vector<const TableShape*> waiting;
  for (const TableShape& table : tables) {
    if (table.takes_rows) waiting.push_back(&table);
  }
  std::map<std::string, std::string> reasons;
  bool sparse = false;
  for (bool go_on = true; go_on;) {
    const size_t before = waiting.size();
    std::erase_if(waiting, [&](const TableShape* table) {
      return filler.fill(*table, sparse, reasons[table->id]);
    });
    out.tables += before - waiting.size();
    // Those that refer to each other may get by without: so may, then, those that refer to them.
    const bool stuck = waiting.size() == before;
    go_on = !waiting.empty() && (!stuck || !sparse);
    sparse = stuck;
  }
  for (const TableShape* table : waiting) {
    Result<bool> filled = has_rows(connection, *table);
    if (!filled) return std::move(filled).error();
    if (!*filled) out.refused.push_back({table->id, reasons[table->id]});
  }
  return out;
}

}  // namespace belay::workbench

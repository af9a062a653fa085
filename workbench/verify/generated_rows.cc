#include "workbench/verify/generated_rows.h"

#include <algorithm>
#include <array>
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

  /// Whether at least one row was taken; else `reason` says why not.
  bool fill(const TableShape& table, std::string& reason) {
    reason.clear();
    // Columns of which checks allow only some may all be NULL.
    for (const uint32_t dense_rows : {std::max(rows_, 2U) - 1, 0U}) {
      for (const Flavour flavour : kFlavours) {
        if (insert_rows(table, dense_rows, flavour, reason)) return true;
      }
    }
    return false;
  }

 private:
  bool insert_rows(const TableShape& table, uint32_t dense_rows, Flavour flavour,
                   std::string& reason) {
    bool taken = false;
    for (uint32_t row = 1; row <= rows_; ++row) {
      const Result<void> done =
          connection_.execute(insert_statement(table, row, row > dense_rows, flavour, engine_));
      taken |= done.ok();
      // The first try is the plainest, so its refusal explains most.
      if (!done && reason.empty()) reason = connection_.last_error().message;
    }
    return taken;
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
  std::vector<std::string> reasons;
  for (bool progress = true; progress && !waiting.empty();) {
    progress = false;
    std::vector<const TableShape*> refused;
    reasons.clear();
    for (const TableShape* table : waiting) {
      std::string reason;
      if (filler.fill(*table, reason)) {
        ++out.tables;
        progress = true;
      } else {
        refused.push_back(table);
        reasons.push_back(std::move(reason));
      }
    }
    waiting = std::move(refused);
  }
  for (size_t i = 0; i < waiting.size(); ++i) {
    Result<bool> filled = has_rows(connection, *waiting[i]);
    if (!filled) return std::move(filled).error();
    if (!*filled) out.refused.push_back({waiting[i]->id, reasons[i]});
  }
  return out;
}

}  // namespace belay::workbench

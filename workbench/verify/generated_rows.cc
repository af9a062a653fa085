#include "workbench/verify/generated_rows.h"

#include <map>
#include <optional>

#include "workbench/verify/generated_values.h"
#include "workbench/verify/script_run.h"

namespace belay::workbench {
namespace {

using runtime::Connection;

/// One way to make up a row.
struct Recipe {
  Flavour flavour = Flavour::kLiterals;
  bool sparse = false;   ///< only what the table demands
  bool rotated = false;  ///< columns of one kind get values of different rows
  const ColumnShape* left_out = nullptr;
};

class RowMaker {
 public:
  RowMaker(const TableShape& table, uint32_t rows, Engine engine)
      : table_(table), rows_(rows), engine_(engine) {}

  std::string insert_statement(uint32_t row, const Recipe& recipe) const {
    std::string names;
    std::string values;
    std::map<ValueKind, uint32_t> seen;
    for (const ColumnShape& column : table_.columns) {
      const uint32_t shift = recipe.rotated ? seen[column.kind]++ : 0;
      if (!column.writable || &column == recipe.left_out) continue;
      if (recipe.sparse && !column.required) continue;
      const std::optional<std::string> value =
          generated_value(column, (row - 1 + shift) % rows_ + 1, recipe.flavour, engine_);
      if (!value) continue;
      names += (names.empty() ? "" : ", ") + column.quoted;
      values += (values.empty() ? "" : ", ") + *value;
    }
    const std::string into = "INSERT INTO " + table_.quoted;
    if (names.empty()) return into + " DEFAULT VALUES";
    return into + " (" + names + ") " +
           (engine_ == Engine::kPostgres ? "OVERRIDING SYSTEM VALUE " : "") + "VALUES (" + values +
           ")";
  }

 private:
  const TableShape& table_;
  uint32_t rows_;
  Engine engine_;
};

/// The plainest first. Checks that want two columns to differ, or one of several to be NULL, are
/// what the last ones are for.
std::vector<Recipe> recipes(const TableShape& table, bool sparse) {
  std::vector<Recipe> out;
  for (const Flavour flavour :
       {Flavour::kLiterals, Flavour::kSized, Flavour::kNumbers, Flavour::kJson}) {
    out.push_back({flavour, sparse});
  }
  out.push_back({Flavour::kLiterals, sparse, /*rotated=*/true});
  if (sparse) return out;
  for (const ColumnShape& column : table.columns) {
    if (column.writable && !column.required) {
      out.push_back({Flavour::kLiterals, false, false, &column});
    }
  }
  return out;
}

bool is_foreign_key(const runtime::DatabaseError& error) {
  return error.code_name == "23503" || error.code_name == "SQLITE_CONSTRAINT_FOREIGNKEY";
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
    const RowMaker maker(table, rows_, engine_);
    for (const Recipe& recipe : recipes(table, sparse)) {
      if (connection_.execute(maker.insert_statement(row, recipe))) return true;
      // The first try is the plainest, so its refusal explains most.
      if (reason.empty()) reason = connection_.last_error().message;
      if (is_foreign_key(connection_.last_error())) return false;  // other values will not help
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

#include "workbench/verify/contents.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "support/hash.h"

namespace belay::workbench {
namespace {

using runtime::Connection;
using runtime::Rows;
using runtime::Value;

constexpr uint64_t kNull = 1;

uint64_t hash_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return hash_bytes(*text);
  if (const auto* blob = std::get_if<runtime::Blob>(&value)) return hash_bytes(blob->bytes, kNull);
  if (const auto* number = std::get_if<int64_t>(&value)) return hash_bytes(std::to_string(*number));
  if (const auto* real = std::get_if<double>(&value)) return hash_bytes(std::to_string(*real));
  return kNull;
}

/// The columns by name, not `*`: what a table is read for is its values, not their order.
std::string select_statement(const TableShape& table, runtime::Engine engine) {
  std::string names;
  for (const ColumnShape& column : table.columns) {
    names += (names.empty() ? "" : ", ") + column.quoted;
  }
  // Rows of tables that inherit from it are theirs.
  return "SELECT " + (names.empty() ? "1" : names) + " FROM " +
         (engine == runtime::Engine::kPostgres ? "ONLY " : "") + table.quoted;
}

/// How many values of `before` have no partner in `after`.
uint64_t count_missing(const std::vector<uint64_t>& before, const std::vector<uint64_t>& after) {
  std::vector<uint64_t> missing;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(missing));
  return missing.size();
}

uint64_t count_values(const std::vector<uint64_t>& values) {
  return static_cast<uint64_t>(
      std::count_if(values.begin(), values.end(), [](uint64_t v) { return v != kNull; }));
}

void add_losses(const std::string& table, const TableContents& before, const TableContents& after,
                std::vector<DataLoss>& out) {
  const uint64_t gone = before.rows > after.rows ? before.rows - after.rows : 0;
  if (gone > 0) out.push_back({table, "", gone});
  for (const auto& [column, values] : before.columns) {
    const auto found = after.columns.find(column);
    const uint64_t missing =
        found == after.columns.end() ? count_values(values) : count_missing(values, found->second);
    // What went with its row is told already.
    if (missing > gone) out.push_back({table, column, missing - gone});
  }
}

}  // namespace

Result<Contents> read_contents(Connection& connection, const std::vector<TableShape>& tables) {
  Contents out;
  for (const TableShape& table : tables) {
    if (!table.holds_rows) continue;
    Result<Rows> rows = connection.query(select_statement(table, connection.engine()));
    if (!rows) return std::move(rows).error();
    TableContents& contents = out[table.id];
    contents.rows = rows->rows.size();
    for (size_t c = 0; c < table.columns.size(); ++c) {
      std::vector<uint64_t>& values = contents.columns[table.columns[c].name];
      for (const std::vector<Value>& row : rows->rows) values.push_back(hash_of(row[c]));
      std::sort(values.begin(), values.end());
    }
  }
  return out;
}

std::vector<DataLoss> lost_data(const Contents& before, const Contents& after) {
  std::vector<DataLoss> out;
  for (const auto& [table, contents] : before) {
    const auto found = after.find(table);
    if (found != after.end()) {
      add_losses(table, contents, found->second, out);
    } else if (contents.rows > 0) {
      out.push_back({table, "", contents.rows});
    }
  }
  return out;
}

std::vector<DataLoss> left_rows(const Contents& before, const Contents& after) {
  std::vector<DataLoss> out;
  for (const auto& [table, contents] : before) {
    const auto found = after.find(table);
    if (found == after.end() || found->second.rows <= contents.rows) continue;
    out.push_back({table, "", found->second.rows - contents.rows});
  }
  return out;
}

}  // namespace belay::workbench

#pragma once

#include <map>
#include <string>
#include <vector>

#include <belay/connection.h>

#include "workbench/verify/tables.h"

namespace belay::workbench {

/// What a table holds: the number of its rows, and for each column a hash of each value, sorted.
/// Rows may come in any order.
struct TableContents {
  uint64_t rows = 0;
  std::map<std::string, std::vector<uint64_t>> columns;
};
using Contents = std::map<std::string, TableContents>;

/// Values or rows that are not there any more.
struct DataLoss {
  std::string table;
  std::string column;  ///< empty: whole rows
  uint64_t rows = 0;   ///< how many

  friend bool operator==(const DataLoss&, const DataLoss&) = default;
};

/// Reads all rows of all tables: for databases that were filled for the purpose.
Result<Contents> read_contents(runtime::Connection& connection,
                               const std::vector<TableShape>& tables);

/// What is lost in the tables of `before`. Of a table or column that is gone altogether, all is.
std::vector<DataLoss> lost_data(const Contents& before, const Contents& after);

/// Rows that are there on top, in tables of both.
std::vector<DataLoss> left_rows(const Contents& before, const Contents& after);

}  // namespace belay::workbench

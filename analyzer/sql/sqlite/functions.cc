#include "analyzer/sql/sqlite/functions.h"

#include <algorithm>
#include <array>

namespace belay::sql::sqlite {
namespace {

// Both lists: `SELECT name, type, flags FROM pragma_function_list` of SQLite 3.40.1.
constexpr std::array<std::string_view, 18> kAggregates = {
    "avg",
    "count",
    "cume_dist",
    "dense_rank",
    "first_value",
    "group_concat",
    "lag",
    "json_group_array",
    "json_group_object",
    "last_value",
    "lead",
    "nth_value",
    "ntile",
    "percent_rank",
    "rank",
    "row_number",
    "sum",
    "total",
};

constexpr std::array<std::string_view, 15> kNonDeterministic = {
    "changes",
    "current_date",
    "current_time",
    "current_timestamp",
    "last_insert_rowid",
    "load_extension",
    "match",
    "random",
    "randomblob",
    "sqlite_compileoption_get",
    "sqlite_compileoption_used",
    "sqlite_source_id",
    "sqlite_version",
    "total_changes",
    "fts5_source_id",
};

}  // namespace

bool is_aggregate(std::string_view name, uint32_t arguments) {
  if (name == "min" || name == "max") return arguments == 1;
  return std::find(kAggregates.begin(), kAggregates.end(), name) != kAggregates.end();
}

bool is_non_deterministic(std::string_view name) {
  return std::find(kNonDeterministic.begin(), kNonDeterministic.end(), name) !=
         kNonDeterministic.end();
}

}  // namespace belay::sql::sqlite

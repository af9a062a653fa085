#include "analyzer/sql/postgres/builtin_functions.h"

#include <algorithm>
#include <iterator>

namespace belay::sql::postgres {
namespace {

#include "analyzer/sql/postgres/builtin_functions.inc"

// What the grammar turns into something else than a function call, and what it calls itself.
constexpr std::string_view kKeywords[] = {"current_catalog", "current_date", "current_role",
                                          "current_schema",  "current_time", "current_timestamp",
                                          "current_user",    "extract",      "localtime",
                                          "localtimestamp",  "session_user", "user"};

// Volatile ones that leave rows, schema and settings as they are. `nextval` and `setval` do not,
// nor does `set_config`.
constexpr std::string_view kHarmlessVolatile[] = {"clock_timestamp",
                                                  "current_query",
                                                  "currval",
                                                  "gen_random_uuid",
                                                  "lastval",
                                                  "pg_advisory_lock",
                                                  "pg_advisory_lock_shared",
                                                  "pg_advisory_unlock",
                                                  "pg_advisory_unlock_all",
                                                  "pg_advisory_unlock_shared",
                                                  "pg_advisory_xact_lock",
                                                  "pg_advisory_xact_lock_shared",
                                                  "pg_blocking_pids",
                                                  "pg_database_size",
                                                  "pg_indexes_size",
                                                  "pg_is_in_recovery",
                                                  "pg_notify",
                                                  "pg_relation_size",
                                                  "pg_sleep",
                                                  "pg_sleep_for",
                                                  "pg_sleep_until",
                                                  "pg_table_size",
                                                  "pg_total_relation_size",
                                                  "pg_try_advisory_lock",
                                                  "pg_try_advisory_lock_shared",
                                                  "pg_try_advisory_xact_lock",
                                                  "pg_try_advisory_xact_lock_shared",
                                                  "random",
                                                  "setseed",
                                                  "timeofday"};

constexpr std::string_view kAggregates[] = {"any_value",
                                            "array_agg",
                                            "avg",
                                            "bit_and",
                                            "bit_or",
                                            "bit_xor",
                                            "bool_and",
                                            "bool_or",
                                            "corr",
                                            "count",
                                            "covar_pop",
                                            "covar_samp",
                                            "every",
                                            "json_agg",
                                            "json_object_agg",
                                            "jsonb_agg",
                                            "jsonb_object_agg",
                                            "max",
                                            "min",
                                            "mode",
                                            "percentile_cont",
                                            "percentile_disc",
                                            "range_agg",
                                            "range_intersect_agg",
                                            "regr_avgx",
                                            "regr_avgy",
                                            "regr_count",
                                            "regr_intercept",
                                            "regr_r2",
                                            "regr_slope",
                                            "regr_sxx",
                                            "regr_sxy",
                                            "regr_syy",
                                            "stddev",
                                            "stddev_pop",
                                            "stddev_samp",
                                            "string_agg",
                                            "sum",
                                            "var_pop",
                                            "var_samp",
                                            "variance",
                                            "xmlagg"};

template <size_t N>
bool is_listed(const std::string_view (&sorted)[N], std::string_view name) {
  return std::binary_search(std::begin(sorted), std::end(sorted), name);
}

}  // namespace

BuiltinVolatility builtin_volatility(std::string_view name) {
  if (is_listed(kStable, name)) return BuiltinVolatility::kStable;
  if (is_listed(kImmutable, name)) return BuiltinVolatility::kImmutable;
  if (is_listed(kVolatile, name)) return BuiltinVolatility::kVolatile;
  return BuiltinVolatility::kNone;
}

bool is_harmless_builtin(const QualifiedName& function) {
  if (!function.schema.empty() && function.schema.id != "pg_catalog") return false;
  const std::string_view name = function.name.id;
  const BuiltinVolatility volatility = builtin_volatility(name);
  return volatility == BuiltinVolatility::kImmutable || volatility == BuiltinVolatility::kStable ||
         is_listed(kHarmlessVolatile, name) || is_listed(kAggregates, name) ||
         is_listed(kKeywords, name);
}

}  // namespace belay::sql::postgres

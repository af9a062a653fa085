#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "analyzer/text/dialect.h"

namespace belay::project {

/// How a project lays its migrations out in files. The marks of each, and where they collide, are
/// told in docs/layouts.md.
enum class Layout : uint8_t {
  kGolangMigrate,   ///< {version}_{title}.up.sql and .down.sql
  kDbmate,          ///< -- migrate:up / -- migrate:down in one file
  kGoose,           ///< -- +goose Up / -- +goose Down in one file
  kSqlMigrate,      ///< -- +migrate Up / -- +migrate Down in one file
  kDiesel,          ///< {stamp}_{name}/up.sql and down.sql
  kSqlx,            ///< {version}_{description}.sql, or .up.sql and .down.sql
  kFlyway,          ///< V1__x.sql, U1__x.sql, R__x.sql, B1__x.sql
  kNodePgMigrate,   ///< -- Up Migration / -- Down Migration in one file
  kSqitch,          ///< sqitch.plan, deploy/, revert/, verify/
  kLiquibase,       ///< --liquibase formatted sql
  kPrisma,          ///< {stamp}_{name}/migration.sql
  kRefinery,        ///< V1__x.sql, U1__x.sql (no undo)
  kPop,             ///< {version}_{name}.{dialect}.up.sql
  kUpDown,          ///< {any name}.up.sql and .down.sql: runners of a project's own
  kRollbackFolder,  ///< NNN_name.sql and rollback/NNN_rollback.sql
  kPlain,           ///< NNN_name.sql, one way
};

/// Every layout, in the order of the enumeration.
std::span<const Layout> all_layouts();

/// The name in configuration and reports: `golang-migrate`, `rollback-folder`, ...
std::string_view layout_name(Layout layout);
std::optional<Layout> layout_from_name(std::string_view name);

/// What the runner of a layout does about transactions when a script asks for nothing.
enum class TransactionHabit : uint8_t {
  kPerScript,    ///< BEGIN; script; COMMIT around each script
  kSimpleQuery,  ///< the script in one message: PostgreSQL makes a transaction of it where it has
                 ///< several statements, and none of a single one
  kNone,         ///< each statement by itself
  kUnknown,      ///< the runner is not known; a configuration cannot say this
};

/// `per-script`, `simple-query`, `none`, `unknown`.
std::string_view transaction_habit_name(TransactionHabit habit);
std::optional<TransactionHabit> transaction_habit_from_name(std::string_view name);

/// The habit of the layout's own tool on an engine: golang-migrate sends a script to PostgreSQL in
/// one message, wraps it for SQLite, and does neither for MySQL. Unknown for the layouts that
/// belong to no tool.
TransactionHabit default_transaction_habit(Layout layout, Engine engine);

}  // namespace belay::project

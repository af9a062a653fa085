#include "analyzer/project/layout.h"

#include <array>

namespace belay::project {
namespace {

constexpr std::array kLayouts = {
    Layout::kGolangMigrate, Layout::kDbmate,    Layout::kGoose,          Layout::kSqlMigrate,
    Layout::kDiesel,        Layout::kSqlx,      Layout::kFlyway,         Layout::kNodePgMigrate,
    Layout::kSqitch,        Layout::kLiquibase, Layout::kPrisma,         Layout::kRefinery,
    Layout::kPop,           Layout::kUpDown,    Layout::kRollbackFolder, Layout::kPlain,
};

}  // namespace

std::span<const Layout> all_layouts() { return kLayouts; }

std::string_view layout_name(Layout layout) {
  switch (layout) {
    case Layout::kGolangMigrate: return "golang-migrate";
    case Layout::kDbmate: return "dbmate";
    case Layout::kGoose: return "goose";
    case Layout::kSqlMigrate: return "sql-migrate";
    case Layout::kDiesel: return "diesel";
    case Layout::kSqlx: return "sqlx";
    case Layout::kFlyway: return "flyway";
    case Layout::kNodePgMigrate: return "node-pg-migrate";
    case Layout::kSqitch: return "sqitch";
    case Layout::kLiquibase: return "liquibase";
    case Layout::kPrisma: return "prisma";
    case Layout::kRefinery: return "refinery";
    case Layout::kPop: return "pop";
    case Layout::kUpDown: return "up-down";
    case Layout::kRollbackFolder: return "rollback-folder";
    case Layout::kPlain: return "plain";
  }
  return "";
}

std::optional<Layout> layout_from_name(std::string_view name) {
  for (const Layout layout : kLayouts) {
    if (layout_name(layout) == name) return layout;
  }
  return std::nullopt;
}

std::string_view transaction_habit_name(TransactionHabit habit) {
  switch (habit) {
    case TransactionHabit::kPerScript: return "per-script";
    case TransactionHabit::kSimpleQuery: return "simple-query";
    case TransactionHabit::kUnknown: return "unknown";
    case TransactionHabit::kNone: return "none";
  }
  return "";
}

std::optional<TransactionHabit> transaction_habit_from_name(std::string_view name) {
  for (const TransactionHabit habit :
       {TransactionHabit::kPerScript, TransactionHabit::kSimpleQuery, TransactionHabit::kNone}) {
    if (transaction_habit_name(habit) == name) return habit;
  }
  return std::nullopt;
}

TransactionHabit default_transaction_habit(Layout layout, Engine engine) {
  switch (layout) {
    // Its PostgreSQL driver hands the file over as one query, its SQLite driver begins a
    // transaction (unless the connection says x-no-tx-wrap), its MySQL driver does neither.
    case Layout::kGolangMigrate:
      if (engine == Engine::kPostgres) return TransactionHabit::kSimpleQuery;
      return engine == Engine::kSqlite ? TransactionHabit::kPerScript : TransactionHabit::kNone;
    // Sends the file as it is, on purpose: no statement of it is wrapped.
    case Layout::kPrisma:
      return engine == Engine::kPostgres ? TransactionHabit::kSimpleQuery : TransactionHabit::kNone;
    // The database's own client runs the script; BEGIN and COMMIT are the author's to write.
    case Layout::kSqitch: return TransactionHabit::kNone;
    case Layout::kUpDown:
    case Layout::kRollbackFolder:
    case Layout::kPlain: return TransactionHabit::kUnknown;
    default: return TransactionHabit::kPerScript;
  }
}

}  // namespace belay::project

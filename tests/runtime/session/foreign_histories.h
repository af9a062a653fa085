#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/session/foreign_history/foreign_history.h"

namespace belay::testing {

/// Every tool's table, made and written as Belay does it, is read back: applied, applied late, and
/// undone. `database` is empty.
inline void check_foreign_histories(runtime::Connection& database) {
  using namespace runtime;  // NOLINT
  const auto script = [](const char* version, const char* name) {
    MigrationScript out;
    out.version = version;
    out.name = name;
    out.id = out.version + "_" + name;
    out.up.sql = "CREATE TABLE a (x int);\n";
    out.up.path = out.id + ".sql";
    return out;
  };
  const std::vector<MigrationScript> all = {script("0001", "first"), script("0002", "second"),
                                            script("0003", "third")};
  for (const std::string_view tool : foreign_tools()) {
    SCOPED_TRACE(tool);
    const std::unique_ptr<ForeignHistory> history = foreign_history(tool, "");
    const Result<bool> before = history->is_there(database);
    ASSERT_TRUE(before.ok()) << before.error().to_string();
    EXPECT_FALSE(*before);
    if (!history->read_only_because().empty()) continue;
    const auto must = [](const Result<void>& result) {
      ASSERT_TRUE(result.ok()) << result.error().to_string();
    };
    const auto applied = [&] {
      std::vector<std::string> out;
      const Result<ForeignRecords> records = history->read(database);
      EXPECT_TRUE(records.ok()) << records.error().to_string();
      if (!records) return out;
      EXPECT_FALSE(records->unfinished.has_value());
      for (const MigrationScript& migration : all) {
        for (const ForeignEntry& entry : records->applied) {
          if (history->covers(entry, migration)) out.push_back(migration.version);
        }
      }
      return out;
    };
    must(database.begin());
    must(history->create(database));
    must(history->create(database));  // once more changes nothing
    std::vector<LedgerEntry> ledger;
    const auto set = [&](const MigrationScript& migration, ForeignState state) {
      std::erase_if(ledger, [&](const LedgerEntry& e) { return e.version == migration.version; });
      if (state == ForeignState::kApplied) ledger.emplace_back().version = migration.version;
      ForeignChange change;
      change.migration = &migration;
      change.state = state;
      change.duration_ms = 7;
      change.ledger = ledger;
      must(history->set(database, change));
      must(history->set(database, change));  // once more changes nothing
    };
    set(all[0], ForeignState::kApplied);
    set(all[2], ForeignState::kApplied);
    set(all[1], ForeignState::kApplied);
    must(database.commit());
    EXPECT_TRUE(*history->is_there(database));
    EXPECT_THAT(applied(), ::testing::ElementsAre("0001", "0002", "0003"));
    const Result<ForeignRecords> records = history->read(database);
    for (const ForeignEntry& entry : records->applied) {
      if (tool == "golang-migrate" || tool == "dbmate") continue;  // they note no times
      EXPECT_THAT(entry.applied_at, ::testing::StartsWith("20"));
    }
    set(all[2], ForeignState::kPending);
    EXPECT_THAT(applied(), ::testing::ElementsAre("0001", "0002"));
    set(all[1], ForeignState::kPending);
    set(all[0], ForeignState::kPending);
    EXPECT_THAT(applied(), ::testing::IsEmpty());
    // The next one may have a table of the same name.
    must(database.execute("DROP TABLE " + std::string(history->table())));
  }
}

}  // namespace belay::testing

#pragma once

#include <memory>
#include <string>

#include "runtime/drivers/sqlite/driver.h"
#include "runtime/snapshot/sqlite_layout.h"
#include "runtime/snapshot/strategy.h"

namespace belay::runtime::sqlite {

/// Brings a database back to a copy of it, all or nothing, and verifies it. For one call.
class SqliteRestore {
 public:
  /// `copy` is the snapshot's file. `driver` and `manifest` must outlive it.
  SqliteRestore(const SqliteDriver& driver, std::string copy, const Manifest& manifest);

  Result<RestoreOutcome> run(const Admit& admit);

 private:
  Result<RestoreOutcome> write_pages(std::unique_ptr<SqliteConnection> target, const Admit& admit);
  Result<RestoreOutcome> verify_pages(const ChangeMark& before, uint64_t own_commits) const;
  Result<RestoreOutcome> back_up(SqliteConnection& target, const Admit& admit);
  Result<void> leave_log(SqliteConnection& target, const Admit& admit) const;
  Result<int64_t> copy_back(SqliteConnection& target, const Admit& admit) const;
  Result<void> verify_content(SqliteConnection& target, int64_t version,
                              RestoreOutcome& outcome) const;
  void report(Stage stage, uint64_t done, uint64_t total) const;

  const SqliteDriver& driver_;
  std::string copy_;
  const Manifest& manifest_;
  Layout wanted_;
};

}  // namespace belay::runtime::sqlite

#pragma once

#include <sqlite3.h>

#include <memory>

#include "runtime/drivers/sqlite/driver.h"
#include "runtime/io/durable_file.h"
#include "runtime/snapshot/strategy.h"

namespace belay::runtime::sqlite {

/// A copy of the whole database, page by page, by SQLite's backup interface, in both directions.
/// Other processes' open handles stay right: for them a restore is one transaction.
class SqliteBackup : public SnapshotStrategy {
 public:
  static constexpr std::string_view kName = "sqlite-backup";

  /// `driver` must outlive it.
  explicit SqliteBackup(const SqliteDriver& driver) : driver_(driver) {}

  std::string_view name() const override { return kName; }
  Result<TakenSnapshot> take(const SnapshotPlace& place, const TakeRequest& request) override;
  bool is_file() const override { return true; }
  /// From any SQLite database; others may have it open.
  Result<Manifest> stage(const std::string& file, const SnapshotPlace& place,
                         const TakeRequest& request) override;
  Result<void> check(const SnapshotPlace& place, const Manifest& manifest, bool thorough) override;
  Result<RestoreOutcome> restore(const SnapshotPlace& place, const Manifest& manifest,
                                 const Admit& admit) override;
  Result<bool> is_in_place(const Manifest& manifest) override;

 private:
  Result<TakenSnapshot> copy_under_lock(const SnapshotPlace& place, const TakeRequest& request);
  Result<void> copy_out(SqliteConnection& source, const std::string& target) const;
  Result<void> copy_file_under_lock(SqliteConnection& source, SqliteConnection& checker,
                                    const std::string& target, TakenSnapshot& taken) const;
  Result<std::string> copy_bytes(SqliteConnection& source, NewFile& target,
                                 const Manifest& manifest) const;
  Result<std::string> snapshot_digest(const std::string& path) const;
  Result<std::string> expected_digest(const Manifest& manifest) const;
  Result<RestoreOutcome> restore_pages(std::unique_ptr<SqliteConnection> target,
                                       const SnapshotPlace& place, const Manifest& manifest,
                                       const Admit& admit) const;
  Result<RestoreOutcome> verify_pages(const SnapshotPlace& place, uint32_t page_size,
                                      const ChangeMark& before, uint64_t own_commits) const;
  static Result<void> publish(const SnapshotPlace& place, const TakenSnapshot& taken);
  Result<void> copy_pages(sqlite3_backup* backup, sqlite3* reporter, Stage stage) const;
  Result<void> verify_copy(const std::string& path, TakenSnapshot& taken) const;
  Result<int64_t> admit_now(SqliteConnection& target, const Admit& admit) const;
  Result<void> fit_journal_mode(SqliteConnection& target, const Manifest& manifest,
                                const Admit& admit) const;
  Result<int64_t> copy_back(SqliteConnection& target, sqlite3* source, const Admit& admit) const;
  Result<void> verify_restored(SqliteConnection& target, const Manifest& manifest, int64_t version,
                               RestoreOutcome& outcome) const;

  const SqliteDriver& driver_;
};

}  // namespace belay::runtime::sqlite

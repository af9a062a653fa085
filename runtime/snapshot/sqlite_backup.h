#pragma once

#include <string>

#include "runtime/drivers/sqlite/driver.h"
#include "runtime/snapshot/copy_file.h"
#include "runtime/snapshot/sqlite_layout.h"
#include "runtime/snapshot/strategy.h"

namespace belay::runtime::sqlite {

/// A copy of the whole database in a file, compressed where that is asked for. Other processes'
/// open handles stay right: for them a restore is one transaction.
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
  struct Copied {
    TakenSnapshot taken;
    bool verified = false;  ///< while it was copied; else that is still to be done
  };

  Result<Copied> copy_under_lock(const SnapshotPlace& place, const TakeRequest& request);
  Result<void> copy_file_under_lock(SqliteConnection& source, SqliteConnection& checker,
                                    const std::string& target, TakenSnapshot& taken) const;
  Result<void> check_space(SqliteConnection& source, bool is_all, const SnapshotPlace& place,
                           const TakeRequest& request) const;
  Result<std::string> copy_bytes(SqliteConnection& source, CopyFile& target,
                                 const Layout& layout) const;
  Result<void> verify_copy(const std::string& path, TakenSnapshot& taken) const;
  Result<void> compress_copy(const SnapshotPlace& place, Manifest& manifest) const;
  static Result<void> add_checksum(const std::string& path, Manifest& manifest);
  Error not_the_same() const;
  Result<void> add_digest(const SnapshotPlace& place, Manifest& manifest) const;
  static Result<void> publish(const SnapshotPlace& place, const TakenSnapshot& taken);

  const SqliteDriver& driver_;
};

}  // namespace belay::runtime::sqlite

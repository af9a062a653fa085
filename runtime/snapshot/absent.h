#pragma once

#include "runtime/drivers/sqlite/driver.h"
#include "runtime/snapshot/strategy.h"

namespace belay::runtime::sqlite {

/// The snapshot of a database that does not exist: nothing to copy, and a restore removes the file
/// that the session has made, with all that SQLite keeps beside it.
class AbsentDatabase : public SnapshotStrategy {
 public:
  static constexpr std::string_view kName = "absent";

  /// `driver` must outlive it.
  explicit AbsentDatabase(const SqliteDriver& driver) : driver_(driver) {}

  std::string_view name() const override { return kName; }
  Result<TakenSnapshot> take(const SnapshotPlace& place, const TakeRequest& request) override;
  Result<void> check(const SnapshotPlace& place, const Manifest& manifest, bool thorough) override;
  Result<RestoreOutcome> restore(const SnapshotPlace& place, const Manifest& manifest,
                                 const Admit& admit) override;
  Result<bool> is_in_place(const Manifest& manifest) override;

 private:
  Result<void> remove_main_file(const Admit& admit) const;

  const SqliteDriver& driver_;
};

}  // namespace belay::runtime::sqlite

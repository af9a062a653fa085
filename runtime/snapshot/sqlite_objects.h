#pragma once

#include "runtime/drivers/sqlite/driver.h"
#include "runtime/snapshot/strategy.h"

namespace belay::runtime::sqlite {

/// For migrations that only make something new: nothing is copied but the ledger, which is small. A
/// restore drops in one transaction what was not there, and compares the schema before it commits.
/// What others write to the tables of before stays.
class SqliteObjects : public SnapshotStrategy {
 public:
  static constexpr std::string_view kName = "sqlite-objects";

  /// `driver` must outlive it.
  explicit SqliteObjects(const SqliteDriver& driver) : driver_(driver) {}

  std::string_view name() const override { return kName; }
  /// Whether it brings back what touches these tables: none of them is there yet. Where there is no
  /// table at all a copy costs nothing either, and tells more.
  Result<bool> suffices(const std::vector<std::string>& touched) const;
  Result<TakenSnapshot> take(const SnapshotPlace& place, const TakeRequest& request) override;
  Result<void> check(const SnapshotPlace& place, const Manifest& manifest, bool thorough) override;
  Result<RestoreOutcome> restore(const SnapshotPlace& place, const Manifest& manifest,
                                 const Admit& admit) override;
  Result<bool> is_in_place(const Manifest& manifest) override;

 private:
  Result<void> drop_new(SqliteConnection& database, const Manifest& manifest) const;
  Result<void> compare(SqliteConnection& database, const Manifest& manifest) const;

  const SqliteDriver& driver_;
};

}  // namespace belay::runtime::sqlite

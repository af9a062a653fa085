#pragma once

#include <string>

#include "runtime/drivers/postgres/driver.h"
#include "runtime/snapshot/strategy.h"

namespace belay::runtime::postgres {

/// The whole database, written to a file by `pg_dump` and brought back by `pg_restore` into the
/// database itself, in one transaction. Slow, but it needs no right beyond owning what is in the
/// database, and others keep working while it is taken.
class PostgresDump : public SnapshotStrategy {
 public:
  static constexpr std::string_view kName = "postgres-dump";

  explicit PostgresDump(const PostgresDriver& driver) : driver_(driver) {}

  std::string_view name() const override { return kName; }
  /// Why it cannot be done here; empty where it can.
  Result<std::string> obstacle();
  Result<TakenSnapshot> take(const SnapshotPlace& place, const TakeRequest& request) override;
  bool is_file() const override { return true; }
  /// From an archive of `pg_dump --format=custom`.
  Result<Manifest> stage(const std::string& file, const SnapshotPlace& place,
                         const TakeRequest& request) override;
  Result<void> check(const SnapshotPlace& place, const Manifest& manifest, bool thorough) override;
  Result<RestoreOutcome> restore(const SnapshotPlace& place, const Manifest& manifest,
                                 const Admit& admit) override;
  Result<bool> is_in_place(const Manifest& manifest) override;
  Result<void> discard(const SnapshotPlace& place) override;

 private:
  std::vector<std::string> with_connection(std::vector<std::string> command) const;
  std::vector<std::string> environment() const;
  Result<void> dump(const std::string& file, const std::string& snapshot) const;
  Result<void> read_whole(const std::string& file) const;
  Result<void> publish(const SnapshotPlace& place, Manifest& manifest) const;
  Result<std::string> prologue(Connection& connection, const Manifest& manifest) const;
  static std::string epilogue(const Manifest& manifest);
  Result<void> pour(const SnapshotPlace& place, const std::string& before,
                    const std::string& after) const;

  const PostgresDriver& driver_;
};

}  // namespace belay::runtime::postgres

#pragma once

#include <string>
#include <vector>

#include "runtime/drivers/postgres/driver.h"
#include "runtime/snapshot/strategy.h"

namespace belay::runtime::postgres {

/// The tables that a migration touches, copied within the database to a schema of their own, with
/// the statements that make them again. Others keep working meanwhile.
class PostgresTables : public SnapshotStrategy {
 public:
  static constexpr std::string_view kName = "postgres-tables";

  /// `look` is a connection for looking, or nullptr.
  PostgresTables(const PostgresDriver& driver, std::vector<std::string> tables,
                 std::unique_ptr<Connection> look)
      : driver_(driver), wanted_(std::move(tables)), look_(std::move(look)) {}

  std::string_view name() const override { return kName; }
  /// Why these tables cannot be guarded alone; empty where they can.
  Result<std::string> obstacle();
  Result<TakenSnapshot> take(const SnapshotPlace& place, const TakeRequest& request) override;
  Result<void> check(const SnapshotPlace& place, const Manifest& manifest, bool thorough) override;
  Result<RestoreOutcome> restore(const SnapshotPlace& place, const Manifest& manifest,
                                 const Admit& admit) override;
  Result<bool> is_in_place(const Manifest& manifest) override;
  Result<void> discard(const SnapshotPlace& place) override;

 private:
  Result<std::unique_ptr<Connection>> connect() const;
  Result<PostgresConnection*> look_at_one_moment();
  Result<std::vector<int64_t>> find_tables(Connection& connection) const;
  Result<void> note_left_alone(PostgresConnection& connection, const std::vector<int64_t>& tables,
                               Manifest& manifest) const;
  Result<void> copy(PostgresConnection& connection, const std::vector<int64_t>& tables,
                    const std::string& by, Manifest& manifest);
  Result<void> put_back(PostgresConnection& connection, const Manifest& manifest);
  Result<void> compare(PostgresConnection& connection, const Manifest& manifest) const;

  const PostgresDriver& driver_;
  std::vector<std::string> wanted_;
  std::unique_ptr<Connection> look_;
};

}  // namespace belay::runtime::postgres

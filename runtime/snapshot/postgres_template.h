#pragma once

#include <memory>

#include "runtime/drivers/postgres/driver.h"
#include "runtime/drivers/postgres/server.h"
#include "runtime/snapshot/strategy.h"

namespace belay::runtime::postgres {

/// The whole database, copied by its server (`CREATE DATABASE ... TEMPLATE`) to another one beside
/// it, and brought back by two renamings in one transaction.
class PostgresTemplate : public SnapshotStrategy {
 public:
  static constexpr std::string_view kName = "postgres-template";

  explicit PostgresTemplate(const PostgresDriver& driver) : driver_(driver) {}

  std::string_view name() const override { return kName; }
  /// Why this database cannot be copied so, now and by this role; empty where it can.
  Result<std::string> obstacle();
  Result<TakenSnapshot> take(const SnapshotPlace& place, const TakeRequest& request) override;
  Result<void> check(const SnapshotPlace& place, const Manifest& manifest, bool thorough) override;
  Result<RestoreOutcome> restore(const SnapshotPlace& place, const Manifest& manifest,
                                 const Admit& admit) override;
  Result<bool> is_in_place(const Manifest& manifest) override;
  Result<void> settle(const SnapshotPlace& place) override;
  Result<void> shut(const SnapshotPlace& place) override;
  Result<void> discard(const SnapshotPlace& place) override;

 private:
  struct Facts {
    ChangeMark mark;
    std::string fingerprint;
    std::string sizes;  ///< of every relation, as one text
  };

  const std::string& database() const { return driver_.settings().url.database; }
  Result<Server*> server();
  Result<Facts> facts_of(Connection& connection) const;
  Result<std::unique_ptr<Connection>> connect_to(const std::string& database) const;
  Result<void> check_space(const TakeRequest& request);
  Result<void> copy(const std::string& to);
  Result<void> copy_properties(const std::string& to);
  Result<bool> fill_in(const std::string& copy, const Facts& source, Manifest& manifest) const;
  Result<void> look_whole(const std::string& snapshot, const Manifest& manifest);
  Result<void> ask(const Admit& admit) const;
  Result<void> set_open(const std::string& database, bool open);
  Result<bool> shut_out_others(int64_t rows_written);
  Result<void> swap(const SnapshotPlace& place);
  Error in_use(const std::vector<OtherSession>& sessions) const;

  const PostgresDriver& driver_;
  std::unique_ptr<Server> server_;
};

}  // namespace belay::runtime::postgres

#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <belay/report.h>

#include "runtime/drivers/driver.h"

namespace belay::runtime {

/// Measures for how long the transactions of a run keep others out of tables.
class LockWatch {
 public:
  explicit LockWatch(const Driver& driver) : driver_(driver) {}

  /// The transaction has just begun.
  void begun();
  /// Something has run in the transaction, from `since_ms` (`milliseconds_since_start`) on:
  /// whatever is locked now and was not before counts from there.
  Result<void> look(Connection& connection, int64_t since_ms);
  /// The transaction is over.
  void ended();

  /// What the open transaction has come to lock since the last call, a phrase each: `users
  /// ShareLock`.
  std::vector<std::string> take_news();

  /// For each table the longest time at a stretch.
  std::vector<HeldLock> held() const;

 private:
  struct Lock {
    std::string mode;
    int64_t ms = 0;  ///< since when; then: how long
  };
  using Locks = std::map<std::string, Lock>;

  void add(std::vector<TableLock> locks, int64_t since_ms);

  const Driver& driver_;
  Locks now_;
  Locks held_;
  std::vector<std::string> news_;
  std::set<std::string> told_;  ///< of the open transaction
};

}  // namespace belay::runtime

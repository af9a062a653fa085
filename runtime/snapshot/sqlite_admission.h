#pragma once

#include <functional>

#include "runtime/drivers/driver.h"
#include "runtime/drivers/sqlite/connection.h"

namespace belay::runtime::sqlite {

/// A lock that keeps writers out. The error of `take` is what the user reads.
struct WriteLock {
  std::function<Result<void>()> take;
  std::function<Result<void>()> give_back;
};

/// Lets the caller look at the database as it is, in a transaction that ends with the look; returns
/// its `data_version` at that moment.
Result<int64_t> admit_now(SqliteConnection& database, const Admit& admit);

/// Takes the lock such that nobody has written since `admit` looked: no transaction of ours reaches
/// from the look to the lock, and where somebody came in between, it looks again. Returns the
/// `data_version` of before, against which later writes of others show.
Result<int64_t> lock_as_admitted(SqliteConnection& database, const Admit& admit,
                                 const WriteLock& lock);

/// An exclusive transaction as such a lock.
WriteLock exclusive_lock(SqliteConnection& database);

/// Of a lock on `database` that could not be had.
Error not_locked(const SqliteConnection& database, Error error);

}  // namespace belay::runtime::sqlite

#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "runtime/drivers/sqlite/connection.h"

/// Making the file of a database equal to a copy of it by writing no more than what differs. Only
/// for databases without a write-ahead log.
namespace belay::runtime::sqlite {

/// How many pages were looked at, of how many; false stops it.
using PageProgress = std::function<bool(uint64_t done, uint64_t total)>;

/// Writes the pages of the file `copy` over those of `target` that differ. `target` is in an
/// exclusive transaction in which nothing was written; it has to be rolled back and closed
/// afterwards, since its cache knows nothing of this. The old pages are in a rollback journal of
/// SQLite's format before the first one is overwritten, so that a crash at any moment leaves the
/// database as it was to whoever opens it next. After an error that journal may be there: opening
/// the database undoes what was written. What counts changes is counted on, so that others' caches
/// are dropped. Returns the number of pages that differed.
Result<uint64_t> write_differing_pages(SqliteConnection& target, const std::string& copy,
                                       uint32_t page_size, const PageProgress& progress);

/// Whether the file behind `database`, which is in a transaction, holds the same pages as `copy`,
/// but for the header's counters.
Result<bool> has_same_pages(SqliteConnection& database, const std::string& copy,
                            uint32_t page_size);

}  // namespace belay::runtime::sqlite

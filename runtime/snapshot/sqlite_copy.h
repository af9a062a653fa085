#pragma once

#include <memory>
#include <string>

#include "runtime/drivers/sqlite/connection.h"
#include "runtime/drivers/sqlite/driver.h"
#include "runtime/snapshot/manifest.h"

/// Databases and their copies.
namespace belay::runtime::sqlite {

/// A snapshot is read as a file that nobody changes: no locks, and no log beside it even where the
/// database is in WAL mode.
Result<std::unique_ptr<SqliteConnection>> open_snapshot(const std::string& path);

/// A database that is not ours to change, its log included, or a compressed one of Belay's.
Result<std::unique_ptr<SqliteConnection>> open_others(const std::string& path,
                                                      const ConnectionOptions& options);

/// Of a snapshot's content, as `Driver::digest` has it.
Result<std::string> snapshot_digest(const std::string& path, const CancellationToken& cancellation);

/// The digest that its manifest has, or, where it has none, that of the snapshot at `path`.
Result<std::string> expected_digest(const Manifest& manifest, const std::string& path,
                                    const CancellationToken& cancellation);

/// Makes the file `target` with the pages that `source` sees, and syncs it.
Result<void> copy_out(SqliteConnection& source, const std::string& target,
                      const SqliteSettings& settings);

/// Takes a backup to its end. `reporter` is the handle whose errors tell what went wrong.
Result<void> copy_pages(sqlite3_backup* backup, sqlite3* reporter, const SqliteSettings& settings,
                        Stage stage);

}  // namespace belay::runtime::sqlite

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/drivers/driver.h"
#include "runtime/drivers/sqlite/connection.h"

/// Telling whether others have written to a database, and how often.
///
/// Outside WAL mode the header's change counter counts every commit, so two marks tell exactly. In
/// WAL mode the counter stands still; the commits are counted in the log itself, by its own
/// generation marks. Where the log was begun anew in between, and the main file touched, marks
/// cannot tell, and the caller compares digests.
namespace belay::runtime::sqlite {

/// Takes the mark of what `connection` sees. It must be in a transaction, so that the file stands
/// still. Reads the database's header through SQLite and the log beside it; no locks lie on the
/// log.
Result<ChangeMark> take_mark(SqliteConnection& connection);

/// A number of this connection that changes when somebody else has written, as seen when it last
/// took a lock. Takes none itself.
unsigned pager_version(const SqliteConnection& connection);

/// The mark of a database without a file or without a byte in it.
ChangeMark empty_mark();

std::optional<uint64_t> commits_between(const ChangeMark& earlier, const ChangeMark& later);

/// Whether commits can be counted from the earlier mark on as well as from the later: no log was
/// put away, and none begun, between them.
bool counts_alike(const ChangeMark& earlier, const ChangeMark& later);

/// Whether commits after this mark will always be counted, whoever opens and closes the database.
bool counts_for_ever(const ChangeMark& mark);

}  // namespace belay::runtime::sqlite

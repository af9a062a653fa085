#pragma once

#include <sqlite3.h>

#include <string>

#include <belay/progress.h>
#include <belay/result.h>

namespace belay::runtime::sqlite {

/// A hash of the content of `source`'s main database as it is committed: the size of its pages,
/// their number, and each page as the engine sees it, through a write-ahead log where there is one.
/// What the engine changes by itself is left out: the change counter, the schema cookie, the marks
/// of the journal mode and of the library's version. Two databases with one digest hold the same.
///
/// Reads the whole database in one read transaction of `source`, which must not be in one already.
/// In WAL mode writers go on meanwhile, otherwise they wait.
Result<std::string> page_digest(sqlite3* source, const CancellationToken& cancellation);

}  // namespace belay::runtime::sqlite

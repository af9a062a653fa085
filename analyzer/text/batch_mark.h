#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/dialect.h"
#include "analyzer/text/range.h"

/// The mark in front of a statement that says that it runs in batches:
///
///     -- belay:batch table=users key=id size=10000 pause=100ms
///     UPDATE users SET plan = 'free' WHERE plan IS NULL AND id BETWEEN $1 AND $2;
///
/// `$1` is the first key of a batch and `$2` the last; both belong to it.
namespace belay {

struct BatchMark {
  ByteRange range;         ///< of the comment
  size_t statement = 0;    ///< the statement behind it, by its index
  std::string table;       ///< as SQL names it: `users`, `app.users`, `"Odd name"`
  std::string key;         ///< a column, in the same way
  uint64_t size = 10'000;  ///< rows in a batch: some hundred milliseconds of most updates
  std::chrono::milliseconds pause{0};  ///< between two batches

  /// `in batches of 10000 rows by the key id of users, with 100 ms between them`
  std::string to_string() const;
};

/// What is wrong with a mark, or with its statement.
struct BatchProblem {
  ByteRange range;
  std::string message;  ///< without a full stop
  std::string instead;  ///< what to do; may be empty
};

struct BatchMarks {
  std::vector<BatchMark> marks;  ///< in the order of their statements
  std::vector<BatchProblem> problems;

  /// The mark of a statement; nullptr where it has none.
  const BatchMark* of(size_t statement) const;
};

/// Reads the marks among a script's `comments`, and looks at the words of the statements that they
/// stand in front of. `statements` are the ranges of all of the script's statements.
BatchMarks read_batch_marks(std::string_view text, std::span<const ByteRange> comments,
                            std::span<const ByteRange> statements, Engine engine);

/// Whether a comment means to be such a mark, be it right or wrong.
bool is_batch_mark(std::string_view comment);

/// The parts of a name as SQL writes it, without quotes, what is not quoted in lower case; empty
/// where it is no name.
std::vector<std::string> name_parts(std::string_view written);

}  // namespace belay

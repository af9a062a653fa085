#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <belay/guard.h>
#include <belay/result.h>
#include <belay/url.h>

namespace belay::runtime {

class Connection;
struct Batch;

/// What a migration does that is a program. It works in the transaction that Belay has opened,
/// which it can neither commit nor roll back; an error takes all of it back.
using Program = std::function<Result<void>(Connection& connection)>;

/// A program that runs once for each batch of a table's rows; see <belay/batches.h>.
struct BatchedProgram {
  std::string table;
  std::string key;
  uint64_t size = 10'000;
  std::chrono::milliseconds pause{0};
  std::function<Result<void>(Connection& connection, const Batch& batch)> work;
  /// Runs behind the last batch, in the transaction that makes the migration done; may be left out.
  Program at_end = {};
};

/// One direction of a migration: SQL text and where it was written, so that an error can name its
/// place; or a program, and where that stands.
struct Script {
  std::string sql;
  /// The file; empty where the text has none.
  std::string path;
  /// The place of the first byte of `sql` in that file: bytes from 0, lines from 1. The text begins
  /// at the start of a line.
  uint32_t offset = 0;
  uint32_t line = 1;
  /// Instead of a text.
  Program program = {};
  std::optional<BatchedProgram> batched = {};

  bool is_program() const { return program != nullptr || batched.has_value(); }
};

/// Which of a migration's two scripts.
enum class Direction : uint8_t { kUp, kDown };

/// `up`, `down`.
std::string_view direction_name(Direction direction);

/// Something that a down destroys, or that its up destroyed and the down does not bring back.
struct DownLoss {
  std::string what;   ///< `the table orders`, `the values of users.phone`
  std::string table;  ///< empty: not known
  /// It can only have been written since the up: nothing is lost while the table has no rows.
  bool written_since = false;
};

/// What the caller knows of a migration's down, from analysis or from its author.
struct DownAdvice {
  enum class Verdict : uint8_t {
    kExact,      ///< brings back schema and data as they were before the up
    kLosesData,  ///< brings back the schema, but not all data
    kDiffers,    ///< leaves another schema than there was
    kFails,      ///< is known to stop with an error, or refuses on purpose
    kUnknown,    ///< nobody can tell, or nobody has looked
  };
  Verdict verdict = Verdict::kUnknown;
  std::vector<DownLoss> losses;
  /// Why, in a sentence without a full stop.
  std::string reason = "nobody has looked at it";
  std::string risk;  ///< `low`, `medium`, `high`; empty: not known
};

/// `exact`, `loses-data`, `differs`, `fails`, `unknown`.
std::string_view verdict_name(DownAdvice::Verdict verdict);

/// One migration as it is handed to a session. The order of a list is the order in which it runs.
struct MigrationScript {
  /// Unique within its history: `0042`, `20240131120000`.
  std::string version;
  std::string name;
  /// What people call it: `0042_split_name`. Empty: version and name are shown.
  std::string id;
  /// Tells histories apart that share one database; empty where there is one.
  std::string history;
  /// Versions that have to run before this one. Belay runs a list as it is; `belay::in_order` puts
  /// it into an order that keeps to them.
  std::vector<std::string> dependencies;
  Script up;
  std::optional<Script> down;
  /// Whether the script may run in one transaction. False where its author says that it must not.
  bool transaction = true;
  /// The same of the down script.
  bool down_transaction = true;
  DownAdvice down_advice;
  /// What the scripts touch, and what would guard it, as far as the caller knows.
  std::optional<GuardAdvice> up_touches;
  std::optional<GuardAdvice> down_touches;

  /// `id`, or version and name.
  std::string display_name() const;
  /// Whether a person who says `words` means it: its version or its display name.
  bool is_called(std::string_view words) const;
  /// SHA-256 of the up script in hexadecimal; of a program its version, because what it does is not
  /// to be seen. A byte order mark, the kind of line ends and white
  /// space at the end of a line or of the text do not count, so that a checkout on another system
  /// and an editor that tidies up leave it the same migration.
  std::string checksum() const;
  /// SHA-256 of the up script's statements, token by token as the engine reads them: comments and
  /// what stands between tokens do not count, strings do to their last blank.
  std::string sql_checksum(Engine engine) const;
};

}  // namespace belay::runtime

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <belay/connection.h>

#include "runtime/drivers/script_plan.h"
#include "runtime/io/json.h"

namespace belay::runtime {

class SnapshotStrategy;

/// Rows by table.
using RowCounts = std::map<std::string, uint64_t>;

/// Where the commits of a database stand, so that a later mark tells what came in between. Only its
/// driver reads `data`; the journal keeps it.
struct ChangeMark {
  Json data;
};

/// Rows that point nowhere: a line for each, and how often.
using ForeignKeyViolations = std::map<std::string, uint64_t>;

/// All that a session needs to know about an engine. One object is one database; it holds no
/// connection. Not for several threads.
class Driver {
 public:
  enum class Presence : uint8_t { kAbsent, kEmpty, kPresent };

  virtual ~Driver() = default;

  virtual const DatabaseUrl& url() const = 0;
  /// For messages and manifests: a path, or a URL without password. One database has one name.
  virtual std::string name() const = 0;
  virtual std::string default_state_directory() const = 0;

  virtual Result<Presence> presence() const = 0;
  enum class Purpose : uint8_t {
    kProgram,  ///< as any program uses it; what a commit returns from is on the disk
    kSession,  ///< the same, but what was committed stays to be seen in the engine's log until
               ///< `tidy`
    kLook,     ///< cannot write, and leaves the log as it is
  };
  /// With `create` a database that does not exist is made.
  virtual Result<std::unique_ptr<Connection>> connect(Purpose purpose, bool create) const = 0;

  /// Decides how a script is run. Errors: what cannot be run as it is written, with its place.
  virtual Result<ScriptPlan> plan(const Script& script, bool transaction) const = 0;

  /// A hash of the schema without Belay's own table.
  virtual Result<std::string> schema_fingerprint(Connection& connection) const = 0;
  virtual Result<RowCounts> row_counts(Connection& connection) const = 0;
  virtual Result<ForeignKeyViolations> foreign_key_violations(Connection& connection) const = 0;

  /// The mark of what `connection` sees. It must be in a transaction.
  virtual Result<ChangeMark> mark(Connection& connection) const = 0;
  /// The mark of a database that does not exist.
  virtual ChangeMark absent_mark() const = 0;
  /// A number that changes when somebody else commits, as this connection sees it; its own commits
  /// leave it as it is.
  virtual Result<int64_t> others_version(Connection& connection) const = 0;
  /// How many transactions were committed from one mark to the other; empty where the marks cannot
  /// tell.
  virtual std::optional<uint64_t> commits_between(const ChangeMark& earlier,
                                                  const ChangeMark& later) const = 0;
  /// Whether marks alone tell what happened between two commands, so that no digest is needed.
  virtual bool marks_suffice(const ChangeMark& mark) const = 0;
  /// A hash of the whole content as it is committed now. Reads all of it.
  virtual Result<std::string> digest() const = 0;
  /// Called between migrations: a good moment for the engine to put its files in order.
  virtual void tidy(Connection& connection, bool at_end) const = 0;

  /// The bytes that the database takes on the server or the disk, its log included; empty where
  /// that cannot be told.
  virtual std::optional<uint64_t> size() const { return std::nullopt; }

  /// Connections that are made later do not listen to the cancellation token.
  virtual void disregard_cancellation() = 0;

  /// The strategy of that name, for this database; nullptr for an unknown one.
  virtual std::unique_ptr<SnapshotStrategy> strategy(std::string_view name) const = 0;
  /// The one that guards the whole database.
  virtual Result<std::unique_ptr<SnapshotStrategy>> whole_database() const = 0;
};

struct DriverOptions {
  std::string base_directory;
  std::chrono::milliseconds busy_timeout{0};
  ProgressCallback progress;
  CancellationToken cancellation;
};

/// The driver for a database. Errors: no driver for the engine, options that it does not know.
Result<std::unique_ptr<Driver>> open_driver(const DatabaseUrl& url, const DriverOptions& options);

}  // namespace belay::runtime

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <belay/batches.h>
#include <belay/database.h>
#include <belay/migration.h>

/// Migrations that are written as C++ classes.
///
///     class AddPhone : public belay::SafelyReversible {
///      public:
///       std::string version() const override { return "2026_01_31_120000"; }
///       std::string description() const override { return "add phone"; }
///       void up(belay::Database& db) override {
///         db.execute("ALTER TABLE customers ADD COLUMN phone TEXT");
///       }
///       void down(belay::Database& db) override {
///         db.execute("ALTER TABLE customers DROP COLUMN phone");
///       }
///     };
///     BELAY_MIGRATION(AddPhone);
///
/// Belay opens the transaction, writes the ledger's row into it and commits; a migration writes
/// neither. What it throws takes all of it back.
namespace belay {

class Migration {
 public:
  virtual ~Migration() = default;

  /// Unique in the history, and what orders it: `0042`, `2026_01_31_120000`. Compared as numbers
  /// where both are digits and separators.
  virtual std::string version() const = 0;
  /// A few words: `split the name`.
  virtual std::string description() const = 0;
  /// Versions that have to run before this one, whatever their order otherwise; of SQL migrations
  /// of the same history, too.
  virtual std::vector<std::string> dependencies() const { return {}; }

  virtual void up(Database& db) = 0;
  /// Looks at what `up` has done, in its transaction: throws where it is not as it should be, which
  /// takes all of it back.
  virtual void validate(Database& /*db*/) {}

  /// Whether it changes data that is there, so that a run needs a snapshot of it. What the analysis
  /// finds counts besides.
  virtual bool backup_required() const { return false; }
  /// Why it is safe, or is not: for those who read the plan.
  virtual std::string reason() const { return {}; }
  /// False where a statement cannot run in a transaction (CREATE INDEX CONCURRENTLY, VACUUM). A run
  /// that breaks off half-way does not go on by itself then: nobody knows how far it came.
  virtual bool in_transaction() const { return true; }
};

/// A migration whose `down` loses nothing. One that could not say that has no down: it only goes
/// forward, and a session's snapshot is the way back.
class SafelyReversible : public Migration {
 public:
  virtual void down(Database& db) = 0;
};

/// A migration of many rows, some thousand at a time, each batch in a transaction of its own. One
/// that is stopped goes on behind its last batch.
class DataMigration : public Migration {
 public:
  struct Batches {
    std::string table;  ///< as SQL names it
    std::string key;    ///< a column that is unique by itself and holds no NULL
    uint64_t size = 10'000;
    std::chrono::milliseconds pause{0};  ///< between two batches
  };
  virtual Batches batches() const = 0;
  /// The rows whose keys lie between `batch.first` and `batch.last`, both included.
  virtual void process(Database& db, const runtime::Batch& batch) = 0;

  bool backup_required() const override { return true; }
  bool in_transaction() const final { return false; }
  /// All of it in one go, for tests; a session calls `process` batch by batch.
  void up(Database& db) final;
};

using MigrationFactory = std::function<std::unique_ptr<Migration>()>;

/// The migrations of a program. Each has been registered by the file that it stands in, so that
/// there is no list to keep.
class MigrationRegistry {
 public:
  /// The one of this process.
  static MigrationRegistry& instance();

  /// `class_name` as it is written, for messages.
  bool add(std::string class_name, MigrationFactory factory,
           std::source_location place = std::source_location::current());

  /// All of them as a session takes them, in no order, with dependencies on migrations that stand
  /// elsewhere. Errors: one cannot be made.
  Result<std::vector<runtime::MigrationScript>> all() const;
  /// The same in the order in which they run. Errors: a version that is empty or stands twice, a
  /// dependency that is not there, a cycle; each by name.
  Result<std::vector<runtime::MigrationScript>> scripts() const;

 private:
  struct Entry {
    std::string class_name;
    MigrationFactory factory;
    std::source_location place;
  };
  std::vector<Entry> entries_;
};

/// A migration as a session takes it. `factory` is called for each run.
runtime::MigrationScript script_of(const MigrationFactory& factory, std::string_view class_name,
                                   std::source_location place = std::source_location::current());

/// Brings migrations into the order in which they run: by version, and behind what they depend on.
/// `in_their_order` are in an order already, which stays as it is as long as dependencies do not
/// say otherwise. Errors as of `MigrationRegistry::scripts`.
Result<std::vector<runtime::MigrationScript>> in_order(
    std::vector<runtime::MigrationScript> migrations,
    std::vector<runtime::MigrationScript> in_their_order = {});

}  // namespace belay

#define BELAY_JOINED_(a, b) a##b
#define BELAY_JOINED(a, b) BELAY_JOINED_(a, b)

/// Registers a migration, which must be default-constructible.
#define BELAY_MIGRATION(Class)                                                 \
  namespace {                                                                  \
  [[maybe_unused]] const bool BELAY_JOINED(belay_registered_, __LINE__) =      \
      ::belay::MigrationRegistry::instance().add(#Class, [] {                  \
        return std::unique_ptr<::belay::Migration>(std::make_unique<Class>()); \
      });                                                                      \
  }                                                                            \
  static_assert(true, "")

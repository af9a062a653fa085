#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <belay/report.h>
#include <belay/session.h>

#include "support/counted.h"

/// The words that people read, in one place, so that every face of Belay says the same.
namespace belay::runtime {

/// The next steps, each with its command under the program's name.
class Advice {
 public:
  explicit Advice(const SessionOptions& options) : program_(options.program) {}

  /// From here on a rollback is advised as one that has to be told what it loses.
  void warn_of_foreign_writes() { foreign_writes_ = true; }

  std::vector<NextStep> without_session() const;
  std::vector<NextStep> after_begin() const;
  std::vector<NextStep> with_session(uint32_t pending) const;
  std::vector<NextStep> after_failure(const MigrationReport& failed, bool guarded) const;
  std::vector<NextStep> after_rollback() const;
  std::vector<NextStep> after_recovery_is_due() const;
  /// Where the database cannot be read.
  std::vector<NextStep> unreadable(bool session) const;
  /// After a commit or rollback that was interrupted.
  std::vector<NextStep> to_finish(Action action) const;
  std::vector<NextStep> while_running() const;
  /// In a session whose snapshot is gone or damaged.
  std::vector<NextStep> without_snapshot(uint32_t pending) const;

  std::string command(Action action) const;

 private:
  NextStep step(Action action, std::string explanation) const;

  NextStep rollback(std::string explanation) const;

  std::string program_;
  bool foreign_writes_ = false;
};

/// `512 bytes`, `3.4 MB`.
std::string file_size_text(uint64_t bytes);
/// `a, b and c`.
std::string listed(const std::vector<std::string>& items);
/// The same for a few; of many only how many they are and the last ones.
std::string some_of(const std::vector<std::string>& items, size_t most = 6);

/// A migration by what it is called: `display_name`, else its entry's version and name.
std::string entry_name(const LedgerEntry& entry);
/// The name of the migration that an entry is about, as its files have it where it is among them.
std::string display_name_of(std::span<const MigrationScript> migrations, const LedgerEntry& entry);

/// `48.0 kB, 3 tables, 6000 rows`, and where it is.
std::string describe(const SnapshotInfo& snapshot);
/// `people: 1 row fewer`, for each.
std::vector<std::string> describe(const std::vector<RowChange>& changes);
/// `statement 2: 12 batches of 120000 rows, of which 119990 changed`.
std::string describe(const BatchedStatement& batched);

/// Adds what is to be said of a migration that ran: what it did, under `label`, or the statement
/// that failed; and its warnings and notes.
void tell_migration(const MigrationReport& migration, const char* label, Report& report);

}  // namespace belay::runtime

// Another tool's history becomes entries of the ledger, all of them in one transaction, which also
// reads both tables: what is written is what they say at that moment. The journal announces it like
// any other step, and the audit log keeps what was taken over from whom; the entries name the
// session under which it stands there. Their own table is only read.
#include <algorithm>
#include <utility>

#include <belay/adopt.h>

#include "runtime/io/clock.h"
#include "runtime/session/command.h"
#include "runtime/session/foreign_history/foreign_history.h"
#include "runtime/session/ledger.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

using Outcome = AdoptedMigration::Outcome;
using Histories = std::vector<std::unique_ptr<ForeignHistory>>;

std::string shown(const ForeignEntry& entry) {
  return entry.name.empty() ? entry.version : entry.version + " " + entry.name;
}

std::vector<std::string> names_of(const Histories& histories) {
  std::vector<std::string> out;
  for (const auto& history : histories) out.emplace_back(history->tool());
  return out;
}

class Adopt {
 public:
  Adopt(const SessionOptions& session, std::span<const MigrationScript> migrations,
        const AdoptOptions& options)
      : session_(session), migrations_(migrations), options_(options) {}

  Result<AdoptReport> run() {
    BELAY_TRY(check_tool());
    BELAY_TRY(look_first());
    report_.dry_run = options_.dry_run;
    const size_t due = count(Outcome::kAdopted);
    if (!options_.dry_run && due > 0) BELAY_TRY(write());
    tell();
    return std::move(report_);
  }

 private:
  Result<void> check_tool() const {
    if (options_.tool.empty() || foreign_history(options_.tool, "") != nullptr) return {};
    return Error{"`" + options_.tool + "` is no tool whose history Belay can read", "--from",
                 "it is one of " + listed(adoptable_tools())};
  }

  /// What would be done, read without a lock; nothing is written.
  Result<void> look_first() {
    Result<Target> target = find_target(session_);
    if (!target) return std::move(target).error();
    database_ = target->driver->name();
    Result<Driver::Presence> presence = target->driver->presence();
    if (!presence) return std::move(presence).error();
    if (*presence == Driver::Presence::kAbsent) {
      return Error{"the database does not exist, so there is no history in it", database_,
                   "check the URL"};
    }
    Result<std::unique_ptr<Connection>> connection =
        target->driver->connect(Driver::Purpose::kLook, /*create=*/false);
    if (!connection) return std::move(connection).error();
    BELAY_TRY((*connection)->execute("BEGIN"));
    BELAY_TRY(find_history(**connection));
    BELAY_TRY(plan(**connection));
    return (*connection)->roll_back();
  }

  Result<void> find_history(Connection& database) {
    Histories found;
    for (const std::string_view tool : foreign_tools()) {
      if (!options_.tool.empty() && tool != options_.tool) continue;
      std::unique_ptr<ForeignHistory> history = foreign_history(tool, options_.table);
      Result<bool> there = history->is_there(database);
      if (!there) return std::move(there).error();
      if (*there) found.push_back(std::move(history));
    }
    if (found.empty()) return nothing_found();
    const auto preferred = std::find_if(found.begin(), found.end(), [&](const auto& history) {
      return history->tool() == options_.preferred_tool;
    });
    if (found.size() > 1 && preferred == found.end()) {
      return Error{"several tools have their history in this database: " + listed(names_of(found)),
                   database_, "say which one is meant with --from"};
    }
    history_ = std::move(preferred == found.end() ? found.front() : *preferred);
    report_.tool = history_->tool();
    report_.table = history_->table();
    return {};
  }

  Error nothing_found() const {
    const std::string tools = options_.tool.empty() ? listed(adoptable_tools()) : options_.tool;
    return {"no history of " + tools + " was found in the database", database_,
            "where the table has another name, give it with --from TOOL --table NAME"};
  }

  /// Both tables side by side, as the connection's transaction sees them.
  Result<void> plan(Connection& database) {
    Result<ForeignRecords> records = history_->read(database);
    if (!records) return std::move(records).error();
    if (records->unfinished) {
      Error error = *std::move(records->unfinished);
      error.message += "; nothing was adopted";
      return error;
    }
    Result<std::vector<LedgerEntry>> ledger = Ledger::read(database);
    if (!ledger) return std::move(ledger).error();
    report_.notes = std::move(records->notes);
    report_.migrations.clear();
    report_.without_file.clear();
    entries_.clear();
    for (const MigrationScript& migration : migrations_) {
      BELAY_TRY(plan_one(migration, *records, *ledger));
    }
    for (const ForeignEntry& entry : records->applied) {
      if (entry.needs_file && !has_file(entry)) report_.without_file.push_back(shown(entry));
    }
    find_late();
    return {};
  }

  Result<void> plan_one(const MigrationScript& migration, const ForeignRecords& records,
                        const std::vector<LedgerEntry>& ledger) {
    AdoptedMigration& adopted = report_.migrations.emplace_back();
    adopted.history = migration.history;
    adopted.version = migration.version;
    adopted.display_name = migration.display_name();
    const LedgerEntry* ours = find_entry(ledger, migration.history, migration.version);
    const ForeignEntry* theirs = entry_of(migration, records);
    const bool done = ours != nullptr && ours->state == MigrationState::kDone;
    if (done) {
      adopted.outcome = Outcome::kKnown;
      adopted.applied_at = ours->applied_at;
    }
    if (theirs == nullptr) return {};
    adopted.their_version = theirs->version;
    if (done) return {};
    if (ours != nullptr && (ours->statements_done > 0 || !ours->batches.empty()) &&
        ours->state != MigrationState::kRolledBack) {
      return Error{"Belay's own ledger has " + migration.display_name() +
                       " as applied in part, and " + report_.tool +
                       " as applied; nothing was adopted",
                   database_, "finish it with `" + session_.program + " apply` first"};
    }
    adopted.outcome = Outcome::kAdopted;
    // A summary tells when the last of them was applied, and nothing of the others.
    if (history_->is_about(*theirs, migration)) adopted.applied_at = theirs->applied_at;
    entries_.push_back(entry_for(migration, adopted, *theirs));
    return {};
  }

  /// The entry of its own, else one that covers it.
  const ForeignEntry* entry_of(const MigrationScript& migration,
                               const ForeignRecords& records) const {
    const ForeignEntry* covering = nullptr;
    for (const ForeignEntry& entry : records.applied) {
      if (history_->is_about(entry, migration)) return &entry;
      if (history_->covers(entry, migration)) covering = &entry;
    }
    return covering;
  }

  bool has_file(const ForeignEntry& entry) const {
    return std::any_of(migrations_.begin(), migrations_.end(),
                       [&](const MigrationScript& m) { return history_->is_about(entry, m); });
  }

  /// Pending ones in front of an applied one: the tool has passed over them, or they came late.
  void find_late() {
    report_.late.clear();
    std::vector<std::string> waiting;
    for (const AdoptedMigration& migration : report_.migrations) {
      if (migration.outcome == Outcome::kPending) {
        waiting.push_back(migration.display_name);
        continue;
      }
      report_.late.insert(report_.late.end(), waiting.begin(), waiting.end());
      waiting.clear();
    }
  }

  static LedgerEntry entry_for(const MigrationScript& migration, const AdoptedMigration& adopted,
                               const ForeignEntry& theirs) {
    LedgerEntry entry;
    entry.history = migration.history;
    entry.version = migration.version;
    entry.name = migration.name;
    entry.checksum = migration.checksum();
    entry.state = MigrationState::kDone;
    entry.in_transaction = migration.transaction;
    entry.applied_at = adopted.applied_at;
    entry.started_at = adopted.applied_at.empty() ? utc_now() : adopted.applied_at;
    if (!adopted.applied_at.empty()) entry.duration_ms = theirs.duration_ms.value_or(0);
    entry.belay_version = belay_version();
    return entry;
  }

  Result<void> write() {
    Result<std::unique_ptr<Command>> opened = Command::open(session_, "adopt", /*create=*/true);
    if (!opened) return std::move(opened).error();
    Command& command = **opened;
    BELAY_TRY(command.recover(/*force=*/false));
    if (command.session_is_open()) {
      const Advice advice(session_);
      return command.refuse("session " + command.state().id + " is open; nothing was adopted",
                            "end it first: `" + advice.command(Action::kCommit) + "` or `" +
                                advice.command(Action::kRollback) + "`");
    }
    command.leave_hooks_out();
    Json names = Json::array();
    for (const AdoptedMigration& m : report_.migrations) {
      if (m.outcome == Outcome::kAdopted) names.push_back(m.display_name);
    }
    BELAY_TRY(command.start_session(new_session_id(), {{"guarded", false},
                                                       {"command", "adopt"},
                                                       {"tool", report_.tool},
                                                       {"table", report_.table},
                                                       {"adopted", std::move(names)}}));
    report_.session = command.state().id;
    const Result<void> written = write_entries(command);
    BELAY_TRY(command.close_session(written ? "adopted from " + report_.tool
                                            : "adopt failed: nothing was written"));
    BELAY_TRY(written);
    command.report_to(report_);
    return {};
  }

  Result<void> write_entries(Command& command) {
    Result<std::unique_ptr<Connection>> connection =
        command.driver().connect(Driver::Purpose::kProgram, /*create=*/false);
    if (!connection) return std::move(connection).error();
    Connection& database = **connection;
    BELAY_TRY(database.begin());
    BELAY_TRY(plan(database));  // under the lock: as it is now
    BELAY_TRY(Ledger::create(database));
    for (LedgerEntry& entry : entries_) {
      entry.session = report_.session;
      BELAY_TRY(Ledger::put(database, entry));
    }
    return database.commit();
  }

  size_t count(Outcome outcome) const {
    return static_cast<size_t>(
        std::count_if(report_.migrations.begin(), report_.migrations.end(),
                      [=](const AdoptedMigration& m) { return m.outcome == outcome; }));
  }

  void tell() {
    const size_t adopted = count(Outcome::kAdopted);
    const std::string what = counted(adopted, "migration") + " of " + report_.tool;
    if (adopted == 0) {
      report_.headline = "There is nothing to adopt from " + report_.tool + " in " + database_;
    } else if (options_.dry_run) {
      report_.headline = what + " would be adopted; nothing was written";
    } else {
      report_.headline = what + (adopted == 1 ? " is" : " are") + " adopted: Belay's ledger in " +
                         database_ + (adopted == 1 ? " has it as applied" : " has them as applied");
    }
    for (const AdoptedMigration& m : report_.migrations) tell_one(m);
    if (!report_.without_file.empty()) {
      report_.warnings.push_back("applied by " + report_.tool +
                                 ", but no file of the project belongs to it: " +
                                 some_of(report_.without_file) + "; the ledger gets no entry");
    }
    if (!report_.late.empty()) {
      report_.warnings.push_back(
          "older than the last applied one, and not applied: " + some_of(report_.late) + "; `" +
          session_.program + " apply` will run them");
    }
    if (!options_.dry_run) report_.next_steps = Advice(session_).without_session();
  }

  void tell_one(const AdoptedMigration& m) {
    if (m.outcome == Outcome::kPending) {
      report_.facts.push_back({"Pending", m.display_name});
    } else if (m.outcome == Outcome::kKnown) {
      report_.facts.push_back({"Known", m.display_name});
    } else {
      std::string text = m.display_name;
      if (!m.applied_at.empty()) text += ", applied " + m.applied_at;
      report_.facts.push_back({options_.dry_run ? "Would adopt" : "Adopted", std::move(text)});
    }
  }

  const SessionOptions& session_;
  std::span<const MigrationScript> migrations_;
  const AdoptOptions& options_;
  std::string database_;
  std::unique_ptr<ForeignHistory> history_;
  std::vector<LedgerEntry> entries_;
  AdoptReport report_;
};

}  // namespace

std::vector<std::string> adoptable_tools() {
  std::vector<std::string> out;
  for (const std::string_view tool : foreign_tools()) out.emplace_back(tool);
  return out;
}

Result<AdoptReport> Session::adopt(std::span<const MigrationScript> migrations,
                                   const AdoptOptions& adopt_options) const {
  return Adopt(options_, migrations, adopt_options).run();
}

}  // namespace belay::runtime

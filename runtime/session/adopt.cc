// Another tool's history becomes entries of the ledger, all of them in one transaction, which also
// reads both tables: what is written is what they say at that moment. The journal announces it like
// any other step, and the audit log keeps what was taken over from whom; the entries name the
// session under which it stands there. Their own table is only read, unless it is to be kept in
// sync: then it is made to agree first, and where it has been in sync, what it says more or less
// than the ledger is what their tool has done since.
#include <algorithm>
#include <utility>

#include <belay/adopt.h>

#include "runtime/io/clock.h"
#include "runtime/session/command.h"
#include "runtime/session/foreign_history/foreign_history.h"
#include "runtime/session/kept_history.h"
#include "runtime/session/ledger.h"
#include "runtime/session/stop_sync.h"
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
    if (!options_.dry_run && is_anything_due()) BELAY_TRY(write());
    tell();
    return std::move(report_);
  }

 private:
  bool is_anything_due() const {
    return !entries_.empty() || (options_.keep_in_sync && (!follows_ || !to_note_.empty()));
  }

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
    BELAY_TRY(find_kept(**connection));
    BELAY_TRY(find_history(**connection));
    BELAY_TRY(check_sync(**connection));
    BELAY_TRY(plan(**connection));
    return (*connection)->roll_back();
  }

  Result<void> find_kept(Connection& database) {
    Result<std::unique_ptr<KeptHistory>> kept = KeptHistory::find(database);
    if (!kept) return std::move(kept).error();
    kept_ = *std::move(kept);
    return {};
  }

  /// Whether the history can be kept in sync, and whether it is already.
  Result<void> check_sync(Connection& database) {
    Result<KeptTable> name = KeptHistory::full_name(database, *history_);
    if (!name) return std::move(name).error();
    table_ = *std::move(name);
    follows_ = kept_ != nullptr && table_ == KeptTable{std::string(kept_->tool()), kept_->table()};
    report_.in_sync = follows_ || options_.keep_in_sync;
    if (!options_.keep_in_sync || follows_) return {};
    if (kept_ != nullptr) {
      return Error{"the table " + kept_->name() + " is kept in sync already; nothing was changed",
                   database_, "end that first: `" + session_.program + " adopt --stop-sync`"};
    }
    return check_can_be_written();
  }

  Result<void> check_can_be_written() const {
    const std::string tool(history_->tool());
    const auto refuse = [&](const std::string& why, std::string hint) {
      return Error{
          "the history of " + tool + " cannot be kept in sync: " + why + "; nothing was changed",
          history_->table(), std::move(hint)};
    };
    if (const std::string why = history_->read_only_because(); !why.empty()) {
      return refuse(why, "`adopt` without --keep-in-sync takes it over as it is now");
    }
    if (!options_.preferred_tool.empty() && options_.preferred_tool != tool) {
      return refuse("the migrations are laid out as those of " + options_.preferred_tool +
                        ", so that " + tool + " would read others than Belay does",
                    "name the layout in belay.toml where it was taken for another");
    }
    for (const MigrationScript& migration : migrations_) {
      if (migration.history != migrations_.front().history) {
        return refuse("the migrations are of several histories", "adopt one at a time");
      }
      const std::string why = history_->cannot_note(migration);
      if (!why.empty()) return refuse(migration.display_name() + ": " + why, "");
    }
    return {};
  }

  Result<void> find_history(Connection& database) {
    Histories found;
    // The one that is kept in sync is meant, unless another is named.
    const bool kept = kept_ != nullptr && options_.tool.empty() && options_.table.empty();
    const std::string wanted(kept ? kept_->tool() : options_.tool);
    for (const std::string_view tool : foreign_tools()) {
      if (!wanted.empty() && tool != wanted) continue;
      std::unique_ptr<ForeignHistory> history =
          foreign_history(tool, kept ? kept_->table() : options_.table);
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
    Result<std::vector<LedgerEntry>> ledger = Ledger::read(database);
    if (!ledger) return std::move(ledger).error();
    if (report_.in_sync) BELAY_TRY(check_own_half(*ledger));
    if (records->unfinished) {
      Error error = *std::move(records->unfinished);
      error.message += "; nothing was adopted";
      return error;
    }
    report_.notes = std::move(records->notes);
    report_.migrations.clear();
    report_.without_file.clear();
    report_.noted.clear();
    entries_.clear();
    to_note_.clear();
    find_last(*ledger);
    for (const MigrationScript& migration : migrations_) {
      BELAY_TRY(plan_one(migration, *records, *ledger));
    }
    BELAY_TRY(check_position(*records));
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
    if (theirs == nullptr && done) return plan_difference(migration, *ours, adopted);
    if (theirs == nullptr) return {};
    if (!done && follows_ && is_passed_over(migration, *theirs)) return {};
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

  /// The ledger has it as applied, and they have not.
  Result<void> plan_difference(const MigrationScript& migration, const LedgerEntry& ours,
                               AdoptedMigration& adopted) {
    if (!follows_) {
      if (options_.keep_in_sync) {
        to_note_.push_back(&migration);
        report_.noted.push_back(adopted.display_name);
      }
      return {};
    }
    adopted.outcome = Outcome::kTakenBack;
    LedgerEntry& entry = entries_.emplace_back(ours);
    entry.state = MigrationState::kRolledBack;
    entry.position = Ledger::kLast;
    entry.rolled_back_at = utc_now();
    entry.belay_version = belay_version();
    entry.schema_after.clear();  // nobody knows what their down has left
    return {};
  }

  /// What Belay has left half way their tool could not have gone on with.
  Result<void> check_own_half(const std::vector<LedgerEntry>& ledger) const {
    for (const LedgerEntry& entry : ledger) {
      const ForeignState state = foreign_state(&entry);
      if (state != ForeignState::kApplying && state != ForeignState::kTakingBack) continue;
      return Error{
          entry_name(entry) + " is there by half in Belay's own ledger; nothing was adopted",
          database_,
          "finish it with `" + session_.program +
              (state == ForeignState::kApplying ? " apply`" : " down`") + ", or say with `" +
              session_.program + " repair` what it is"};
    }
    return {};
  }

  /// A position that no file has could not be told again.
  Result<void> check_position(const ForeignRecords& records) const {
    if (!options_.keep_in_sync || follows_) return {};
    for (const ForeignEntry& entry : records.applied) {
      if (!entry.sums_up || !entry.needs_file || has_file(entry)) continue;
      return Error{"the history of " + report_.tool + " cannot be kept in sync: it is at version " +
                       entry.version +
                       ", and no file of the project belongs to that; nothing was "
                       "changed",
                   history_->table(), "bring the file"};
    }
    return {};
  }

  /// The last one that the ledger has as applied.
  void find_last(const std::vector<LedgerEntry>& ledger) {
    last_known_ = 0;
    for (size_t i = 0; i < migrations_.size(); ++i) {
      const LedgerEntry* entry = find_entry(ledger, migrations_[i].history, migrations_[i].version);
      if (entry != nullptr && entry->state == MigrationState::kDone) last_known_ = i + 1;
    }
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

  /// Of a table that is kept in sync a summary tells of nothing that the ledger has passed over.
  bool is_passed_over(const MigrationScript& migration, const ForeignEntry& theirs) const {
    return !history_->is_about(theirs, migration) &&
           static_cast<size_t>(&migration - migrations_.data()) < last_known_;
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
    Result<std::unique_ptr<Command>> opened = open_adopt(session_);
    if (!opened) return std::move(opened).error();
    Command& command = **opened;
    Json names = Json::array();
    for (const AdoptedMigration& m : report_.migrations) {
      const bool writes = m.outcome == Outcome::kAdopted || m.outcome == Outcome::kTakenBack;
      if (writes) names.push_back(m.display_name);
    }
    BELAY_TRY(command.start_session(new_session_id(), {{"guarded", false},
                                                       {"command", "adopt"},
                                                       {"tool", report_.tool},
                                                       {"table", report_.table},
                                                       {"adopted", std::move(names)}}));
    report_.session = command.state().id;
    const Result<void> written = write_entries(command);
    BELAY_TRY(command.close_session(written ? "adopted from " + report_.tool +
                                                  (report_.in_sync ? ", in sync" : "")
                                            : "adopt failed: " + written.error().message));
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
    BELAY_TRY(find_kept(database));  // under the lock: as it is now
    BELAY_TRY(check_sync(database));
    BELAY_TRY(plan(database));
    BELAY_TRY(Ledger::create(database));
    for (LedgerEntry& entry : entries_) {
      entry.session = report_.session;
      BELAY_TRY(Ledger::put(database, entry));
    }
    if (options_.keep_in_sync && !follows_) BELAY_TRY(Ledger::keep(database, table_));
    BELAY_TRY(bring_up_to_date(database));
    return database.commit();
  }

  /// The table that is kept in sync, which need not be the one that was adopted from.
  Result<void> bring_up_to_date(Connection& database) {
    Result<std::unique_ptr<KeptHistory>> kept = KeptHistory::find(database);
    if (!kept) return std::move(kept).error();
    if (*kept == nullptr) return {};
    for (const LedgerEntry& entry : entries_) {
      const MigrationScript* migration = find_migration(migrations_, entry);
      BELAY_TRY((*kept)->follow(database, *migration, std::nullopt));
    }
    for (const MigrationScript* migration : to_note_) {
      BELAY_TRY((*kept)->follow(database, *migration, std::nullopt));
    }
    Result<std::vector<LedgerEntry>> ledger = Ledger::read(database);
    if (!ledger) return std::move(ledger).error();
    return (*kept)->check(database, migrations_, *ledger);
  }

  size_t count(Outcome outcome) const {
    return static_cast<size_t>(
        std::count_if(report_.migrations.begin(), report_.migrations.end(),
                      [=](const AdoptedMigration& m) { return m.outcome == outcome; }));
  }

  void tell() {
    const size_t adopted = count(Outcome::kAdopted);
    const size_t taken_back = count(Outcome::kTakenBack);
    const std::string what = counted(adopted, "migration") + " of " + report_.tool;
    if (adopted == 0 && taken_back > 0) {
      report_.headline = counted(taken_back, "migration") + " that " + report_.tool +
                         " has taken back " +
                         (options_.dry_run ? "would count as not applied; nothing was written"
                                           : "no longer counts as applied in Belay's ledger");
    } else if (adopted == 0) {
      report_.headline = "There is nothing to adopt from " + report_.tool + " in " + database_;
    } else if (options_.dry_run) {
      report_.headline = what + " would be adopted; nothing was written";
    } else {
      report_.headline = what + (adopted == 1 ? " is" : " are") + " adopted: Belay's ledger in " +
                         database_ + (adopted == 1 ? " has it as applied" : " has them as applied");
    }
    for (const AdoptedMigration& m : report_.migrations) tell_one(m);
    tell_sync();
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

  void tell_sync() {
    if (!report_.in_sync) return;
    const bool later = options_.dry_run && !follows_;
    report_.facts.push_back({"In sync", table_.table + " of " + report_.tool +
                                            (later ? " would get" : " gets") +
                                            " what Belay does from now on"});
    if (report_.noted.empty()) return;
    report_.facts.push_back({options_.dry_run ? "Would note" : "Noted",
                             "in it, where Belay has applied them: " + some_of(report_.noted)});
  }

  void tell_one(const AdoptedMigration& m) {
    if (m.outcome == Outcome::kPending) {
      report_.facts.push_back({"Pending", m.display_name});
    } else if (m.outcome == Outcome::kKnown) {
      report_.facts.push_back({"Known", m.display_name});
    } else if (m.outcome == Outcome::kTakenBack) {
      report_.facts.push_back({"Taken back", m.display_name + ", by " + report_.tool});
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
  std::unique_ptr<KeptHistory> kept_;  ///< as it was found
  KeptTable table_;                    ///< of `history_`
  bool follows_ = false;               ///< it is the one that is kept
  size_t last_known_ = 0;              ///< so many migrations go up to the last applied one
  std::vector<LedgerEntry> entries_;
  std::vector<const MigrationScript*> to_note_;
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
  if (adopt_options.stop_sync) return stop_sync(options_, adopt_options);
  return Adopt(options_, migrations, adopt_options).run();
}

}  // namespace belay::runtime

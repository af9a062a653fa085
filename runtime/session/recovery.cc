// What an interrupted command left undone is settled by the next one that changes something, before
// its own work. The journal says what was about to be done; whether it was done is asked of the
// database itself: the ledger's row came with a migration's transaction, and the content's digest
// tells a restored database from one that is not. Nothing here writes to the database except the
// restore that a rollback had begun.
#include "runtime/session/recovery.h"

#include <filesystem>
#include <system_error>

#include "runtime/io/durable_file.h"
#include "runtime/session/command.h"
#include "runtime/session/ledger.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

using Certainty = ForeignWrites::Certainty;
using Phase = SessionState::Phase;

/// Others' writes since the last mark.
Result<ForeignWrites> judge(const Driver& driver, const SessionState& state, const ChangeMark& now,
                            const InterruptedMigration& own) {
  ForeignWrites writes;
  const std::optional<uint64_t> commits = driver.commits_between(state.baseline.mark, now);
  if (commits && *commits >= own.least_commits && *commits <= own.most_commits) return writes;
  // Either nothing has been done yet, or exactly what was to be.
  const bool nothing_perhaps = own.least_commits == 0 && !state.baseline.digest.empty();
  if (nothing_perhaps || !state.new_content.empty()) {
    Result<std::string> digest = driver.digest();
    if (!digest) return std::move(digest).error();
    if (nothing_perhaps && *digest == state.baseline.digest) return writes;
    if (*digest == state.new_content) return writes;
  }
  if (commits && *commits > own.most_commits) {
    writes.certainty = Certainty::kSome;
    writes.details.push_back(
        "transactions that were not Belay's while a command was interrupted: " +
        std::to_string(*commits - own.most_commits));
    return writes;
  }
  writes.certainty = Certainty::kUnknown;
  writes.details.emplace_back(
      "perhaps something while a command was interrupted: it cannot be told");
  return writes;
}

struct Findings {
  InterruptedMigration outcome;
  ForeignWrites foreign;
  Baseline baseline;
};

Result<Findings> look_at_database(const Driver& driver, const SessionState& state) {
  Findings findings;
  Result<Driver::Presence> presence = driver.presence();
  if (!presence) return std::move(presence).error();
  if (*presence == Driver::Presence::kAbsent) {
    findings.baseline.mark = driver.absent_mark();
    return findings;
  }
  // It must leave the engine's log as it is: should this command die too, the next one asks again.
  Result<std::unique_ptr<Connection>> connection =
      driver.connect(Driver::Purpose::kSession, /*create=*/false);
  if (!connection) return std::move(connection).error();
  Connection& database = **connection;
  BELAY_TRY(database.begin());
  Result<std::vector<LedgerEntry>> ledger = Ledger::read(database);
  if (!ledger) return std::move(ledger).error();
  findings.outcome = find_out(state, *ledger);
  Result<ChangeMark> now = driver.mark(database);
  if (!now) return std::move(now).error();
  Result<ForeignWrites> foreign = judge(driver, state, *now, findings.outcome);
  if (!foreign) return std::move(foreign).error();
  findings.foreign = *std::move(foreign);
  BELAY_TRY(database.roll_back());
  Result<Baseline> baseline = take_baseline(driver, database);
  if (!baseline) return std::move(baseline).error();
  findings.baseline = *std::move(baseline);
  return findings;
}

Json about(const SessionState::InFlight& migration) {
  return {{"direction", direction_name(migration.direction)},
          {"history", migration.history},
          {"version", migration.version},
          {"name", migration.name},
          {"id", migration.display_name},
          {"in_transaction", migration.in_transaction},
          {"statements", migration.statements}};
}

Json about(const SessionState::Announced& migration, Direction direction) {
  return {{"direction", direction_name(direction)},
          {"history", migration.history},
          {"version", migration.version},
          {"id", migration.display_name},
          {"in_transaction", true}};
}

/// Whether the ledger holds what was to be written; all of it came in one transaction.
bool are_made(const SessionState& state, const std::vector<LedgerEntry>& ledger) {
  const SessionState::LedgerEdit& edit = state.ledger_edits.front();
  const LedgerEntry* entry = find_entry(ledger, edit.history, edit.version);
  if (edit.removed) return entry == nullptr;
  return entry != nullptr && entry->session == state.id && state_name(entry->state) == edit.state;
}

bool is_done_by(const SessionState& state, const LedgerEntry* entry, Direction direction) {
  const bool down = direction == Direction::kDown;
  return entry != nullptr && entry->session == state.id &&
         entry->state == (down ? MigrationState::kRolledBack : MigrationState::kDone);
}

/// What is announced was not done when the command began, and each runs once: a row of this session
/// that says that it is done is this command's, written by one commit.
std::vector<SessionState::Announced> unrecorded_of(const SessionState& state,
                                                   const std::vector<LedgerEntry>& ledger) {
  std::vector<SessionState::Announced> out;
  const std::ptrdiff_t in_flight = state.in_flight ? 1 : 0;
  for (auto it = state.announced.begin() + in_flight; it != state.announced.end(); ++it) {
    const LedgerEntry* entry = find_entry(ledger, it->history, it->version);
    if (!is_done_by(state, entry, state.direction)) break;
    out.push_back(*it);
  }
  return out;
}

/// Of the migration in flight alone.
InterruptedMigration in_flight_of(const SessionState& state,
                                  const std::vector<LedgerEntry>& ledger) {
  InterruptedMigration outcome;
  const SessionState::InFlight& migration = *state.in_flight;
  const LedgerEntry* entry = find_entry(ledger, migration.history, migration.version);
  // A row about the other direction is of before this run.
  const bool ours =
      entry != nullptr && entry->session == state.id && direction_of(*entry) == migration.direction;
  outcome.done = is_done_by(state, entry, migration.direction);
  if (migration.in_transaction) {
    outcome.least_commits = outcome.most_commits = outcome.done ? 1 : 0;
    return outcome;
  }
  outcome.begun = ours;
  outcome.statements_done = ours ? entry->statements_done : 0;
  if (ours) outcome.batches = entry->batches;
  if (migration.unit_end == 0) {
    outcome.most_commits = 1;  // the row that says it was started
  } else if (migration.unit_bare) {
    outcome.most_commits = 2;  // what it commits by itself, and the row
  } else {
    const std::optional<BatchProgress> progress = BatchProgress::read(outcome.batches);
    const bool batch_is_done =
        migration.unit_batch > 0 && progress && progress->batches >= migration.unit_batch;
    outcome.least_commits = outcome.most_commits =
        outcome.statements_done >= migration.unit_end || batch_is_done ? 1 : 0;
  }
  if (outcome.done) ++outcome.most_commits;
  return outcome;
}

}  // namespace

InterruptedMigration find_out(const SessionState& state, const std::vector<LedgerEntry>& ledger) {
  InterruptedMigration outcome;
  if (!state.ledger_edits.empty()) {
    outcome.done = are_made(state, ledger);
    outcome.least_commits = outcome.most_commits = outcome.done ? 1 : 0;
    return outcome;
  }
  if (state.replacing) {
    outcome.most_commits = 1;
    return outcome;
  }
  if (state.in_flight) {
    outcome = in_flight_of(state, ledger);
  } else if (state.failure_row_due) {
    outcome.most_commits = 1;
  }
  if (!state.in_flight || outcome.done) outcome.unrecorded = unrecorded_of(state, ledger);
  const uint64_t others = state.done_since_mark + outcome.unrecorded.size();
  outcome.least_commits += others;
  outcome.most_commits += others;
  return outcome;
}

namespace {

std::string how_far_of(const SessionState::InFlight& migration, const InterruptedMigration& outcome,
                       std::string_view whose) {
  return how_far(outcome.statements_done, migration.statements,
                 batched_from(outcome.batches, outcome.statements_done), whose);
}

std::string describe_down(const SessionState::InFlight& migration,
                          const InterruptedMigration& outcome) {
  if (outcome.done) return migration.display_name + " had been taken back";
  if (migration.in_transaction || !outcome.is_partial()) {
    return "the down of " + migration.display_name + " was undone by the database";
  }
  return migration.display_name +
         " is taken back in part: " + how_far_of(migration, outcome, "its down's ");
}

std::string describe_in_flight(const SessionState::InFlight& migration,
                               const InterruptedMigration& outcome) {
  if (migration.direction == Direction::kDown) return describe_down(migration, outcome);
  if (outcome.done) return migration.display_name + " had been applied";
  if (migration.in_transaction || !outcome.is_partial()) {
    return migration.display_name + " was undone by the database";
  }
  return migration.display_name + " is applied in part: " + how_far_of(migration, outcome, "");
}

}  // namespace

std::string describe(const SessionState& state, const InterruptedMigration& outcome) {
  if (outcome.unrecorded.empty()) {
    return state.in_flight ? describe_in_flight(*state.in_flight, outcome) : std::string();
  }
  std::vector<std::string> done;
  if (state.in_flight) done.push_back(state.in_flight->display_name);
  for (const SessionState::Announced& migration : outcome.unrecorded) {
    done.push_back(migration.display_name);
  }
  return some_of(done) +
         (state.direction == Direction::kDown ? " had been taken back" : " had been applied");
}

/// What stands behind the last whole record is taken away also where nothing is to be recorded.
Result<void> Command::drop_torn_end() {
  if (!content_.torn) return {};
  return content_.records.empty() ? remove_file(files().journal()) : open_journal();
}

Result<void> Command::recover(bool force) {
  BELAY_TRY(drop_torn_end());
  BELAY_TRY(settle(force));
  BELAY_TRY(discard_staged());
  shut_kept();
  return lock_ ? flag_.settle(state_) : Result<void>();
}

Result<void> Command::settle(bool force) {
  switch (state_.phase) {
    case Phase::kNone: return {};
    case Phase::kOpen:
      BELAY_TRY(settle_source());
      return state_.guarded ? settle_snapshot() : close_session("interrupted");
    case Phase::kBeginning: return undo_begin();
    case Phase::kApplying: return settle_apply(force);
    case Phase::kCommitting: return finish_commit();
    case Phase::kRollingBack: return settle_rollback(force);
    case Phase::kRestored: return finish_rollback();
    case Phase::kClosed: return close_session("");
  }
  return {};
}

Result<void> Command::settle_snapshot() {
  Result<std::unique_ptr<SnapshotStrategy>> strategy = this->strategy();
  if (!strategy) return std::move(strategy).error();
  return (*strategy)->settle(place());
}

/// A restore from a kept copy that was cut off may have shut the database, or the copy has become
/// the database and is used up.
Result<void> Command::settle_source() {
  const SnapshotPlace place = files().snapshot(state_.source);
  if (state_.source.empty() || !file_exists(place.manifest())) return {};
  Result<Manifest> manifest = read_manifest(place.manifest());
  if (!manifest) return std::move(manifest).error();
  const std::unique_ptr<SnapshotStrategy> strategy = driver().strategy(manifest->strategy);
  if (strategy == nullptr || strategy->is_file()) return {};
  BELAY_TRY(strategy->settle(place));
  Result<bool> used_up = strategy->is_in_place(*manifest);
  if (!used_up) return std::move(used_up).error();
  return *used_up ? strategy->discard(place) : Result<void>();
}

/// To verify a kept copy is to open it for a moment. One that stays open is no reason to stop.
void Command::shut_kept() {
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(files().snapshots(), error)) {
    const std::string session = file.path().stem().string();
    if (file.path().extension() != ".json" || session == state_.id) continue;
    const Result<Manifest> manifest = read_manifest(file.path().string());
    if (!manifest) continue;
    const std::unique_ptr<SnapshotStrategy> strategy = driver().strategy(manifest->strategy);
    if (strategy == nullptr) continue;
    const Result<void> shut = strategy->shut(files().snapshot(session));
    if (!shut) note("the kept snapshot " + session + " may be open: " + shut.error().to_string());
  }
}

/// What a restore that was interrupted has left.
Result<void> Command::discard_staged() const {
  if (state_.id.empty()) return {};
  const SnapshotPlace place = staging_place();
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(files().snapshots(), error)) {
    if (!file.path().filename().string().starts_with(place.session)) continue;
    return driver().file_strategy()->discard(place);
  }
  return {};
}

Result<void> Command::undo_begin() {
  BELAY_TRY(settle_snapshot());
  BELAY_TRY(discard_snapshot());
  BELAY_TRY(close_session("begin undone"));
  recovered("begin", false, "the begin that was interrupted was undone");
  return {};
}

namespace {

/// The whole content is replaced in one transaction.
std::string describe_replacement(const Driver& driver, const Baseline& before,
                                 const Baseline& now) {
  std::optional<uint64_t> commits = driver.commits_between(before.mark, now.mark);
  const bool comparable = !before.digest.empty() && !now.digest.empty() &&
                          driver.digests_compare(before.mark, now.mark);
  if (!commits && comparable) commits = before.digest == now.digest ? 0 : 1;
  if (commits == 0U) return ": nothing of it had been done";
  return commits ? ": the new content is in place"
                 : ": whether the new content is in place cannot be told; look at the database";
}

/// What has become of the migrations that the journal knows no end of. The last record has all that
/// was found out, should this command die before the one behind it; those before it have no mark,
/// and are counted since the last one instead.
Result<void> record_ends(Command& command, const Findings& findings) {
  const SessionState& state = command.state();
  const InterruptedMigration& outcome = findings.outcome;
  std::vector<Json> ends;
  if (state.in_flight) {
    Json& data = ends.emplace_back(about(*state.in_flight));
    if (!outcome.done) {
      data["statements_done"] = outcome.statements_done;
      if (!outcome.batches.empty()) data["batches"] = parse_json(outcome.batches);
      data["error"] = "it was interrupted";
    }
  }
  for (const SessionState::Announced& migration : outcome.unrecorded) {
    ends.push_back(about(migration, state.direction));
  }
  if (ends.empty()) return {};
  ends.back()["mark"] = findings.baseline.mark.data;
  ends.back()["foreign"] = to_json(findings.foreign);
  const bool failed = state.in_flight && !outcome.done;
  for (size_t i = 0; i < ends.size(); ++i) {
    ends[i]["interrupted"] = true;
    BELAY_TRY(command.record(failed ? event::kMigrationFailed : event::kMigrationDone,
                             std::move(ends[i]),
                             i + 1 < ends.size() ? Sync::kWithNext : Sync::kNow));
  }
  return {};
}

}  // namespace

Result<void> Command::settle_apply(bool force) {
  const Result<void> source = settle_source();
  if (!source && !force) return source;
  Result<Findings> findings = look_at_database(driver(), state_);
  if (!findings) {
    if (!force) return std::move(findings).error();
    findings = Findings{};
    findings->foreign = {Certainty::kUnknown, {"the database could not be read"}};
    findings->baseline = state_.baseline;
  }
  const std::string command = state_.command;
  std::string text = "the " + command + " that was interrupted was settled";
  if (!state_.ledger_edits.empty()) {
    const bool done = findings->outcome.done;
    text += done ? ": its changes to the ledger had been made"
                 : ": none of its changes to the ledger was made";
    BELAY_TRY(record(event::kLedgerEdited, {{"interrupted", true},
                                            {"done", done},
                                            {"mark", findings->baseline.mark.data},
                                            {"foreign", to_json(findings->foreign)}}));
  }
  const std::string ends = describe(state_, findings->outcome);
  if (!ends.empty()) text += ": " + ends;
  BELAY_TRY(record_ends(*this, *findings));
  if (state_.replacing) {
    const Result<void> announced = announce_to_others();
    if (!announced && !force) return announced;
    text += describe_replacement(driver(), state_.baseline, findings->baseline);
  }
  BELAY_TRY(record(event::kApplyDone, {{"interrupted", true},
                                       {"baseline", to_json(findings->baseline)},
                                       {"foreign", to_json(findings->foreign)}}));
  if (!state_.guarded) BELAY_TRY(close_session("run without a snapshot, interrupted"));
  recovered(command, true, std::move(text));
  return {};
}

Result<void> Command::finish_commit() {
  if (!state_.keep_snapshot) BELAY_TRY(discard_snapshot());
  BELAY_TRY(close_session("committed"));
  recovered("commit", true, "the commit that was interrupted was finished");
  return {};
}

Result<void> Command::settle_rollback(bool force) {
  Result<std::unique_ptr<SnapshotStrategy>> strategy = this->strategy();
  if (!strategy) return std::move(strategy).error();
  Result<bool> in_place = (*strategy)->is_in_place(state_.manifest);
  if (!in_place && !force) return std::move(in_place).error();
  if (in_place && *in_place) return finish_rollback();
  BELAY_TRY((*strategy)->settle(place()));

  // Not restored, or written to since. Only where nobody else has come in between does the restore
  // go on; else the session is open again and a person decides.
  bool untouched = true;
  const Admit admit = [&](Connection&, const ChangeMark& now) -> Result<void> {
    Result<bool> result = is_untouched_since_rollback(now);
    if (!result) return std::move(result).error();
    untouched = *result;
    return untouched ? Result<void>() : Result<void>(Error{"others have written", "", ""});
  };
  Result<void> usable = (*strategy)->check(place(), state_.manifest, /*thorough=*/true);
  if (!usable) return undo_rollback(usable.error().message);
  Result<RestoreOutcome> outcome = (*strategy)->restore(place(), state_.manifest, admit);
  if (outcome) return finish_rollback();
  if (untouched && !force) return std::move(outcome).error();
  return undo_rollback(untouched ? outcome.error().message
                                 : "others have written to the database since");
}

Result<bool> Command::is_untouched_since_rollback(const ChangeMark& now) const {
  if (driver().commits_between(state_.rollback_mark, now) == 0U) return true;
  if (state_.baseline.digest.empty()) return false;
  // The marks may be mistaken on the safe side; the content was the baseline's then.
  Result<std::string> digest = driver().digest();
  if (!digest) return std::move(digest).error();
  return *digest == state_.baseline.digest;
}

Result<void> Command::undo_rollback(const std::string& reason) {
  BELAY_TRY(record(event::kRollbackUndone, {{"reason", reason}}));
  recovered("rollback", false,
            "the rollback that was interrupted had not restored the database; the session is open "
            "again, because " +
                reason);
  return {};
}

Result<void> Command::finish_rollback() {
  if (state_.phase != Phase::kRestored) BELAY_TRY(record(event::kRestored, {}));
  BELAY_TRY(discard_snapshot());
  BELAY_TRY(close_session("rolled back"));
  recovered("rollback", true, "the rollback that was interrupted was finished");
  return {};
}

}  // namespace belay::runtime

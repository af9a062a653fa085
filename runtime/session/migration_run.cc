// One transaction holds the script and its row in the ledger, so that both are there or neither. An
// up makes the row or writes it anew; a down marks it as taken back.
// What lies around it: the settings that the script wants outside, the journal before and after,
// the look at the database before and after, and the record of a failure. Scripts that cannot run
// in one transaction are in statement_run.cc.
#include "runtime/session/migration_run.h"

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

#include "runtime/drivers/places.h"
#include "runtime/io/clock.h"
#include "runtime/session/words.h"

namespace belay::runtime {

MigrationRun::MigrationRun(const MigrationBatch& batch, Command& command, ForeignWatch& watch,
                           const RunOptions& options, const MigrationJob& job,
                           std::optional<DatabaseFacts>& last)
    : batch_(batch),
      command_(command),
      driver_(command.driver()),
      watch_(watch),
      options_(options),
      job_(job),
      migration_(*job.migration),
      script_(job.script()),
      last_(last),
      locks_(driver_),
      effects_(job.plan.effects),
      heard_(driver_) {
  report_.direction = job.direction;
  report_.history = migration_.history;
  report_.version = migration_.version;
  report_.name = migration_.name;
  report_.display_name = migration_.display_name();
  report_.in_transaction = job.plan.one_transaction;
  report_.statements = job.plan.size();
  report_.notes = job.plan.notes;
  for (const std::string& what : job.plan.beyond_guard) {
    report_.warnings.push_back({MigrationWarning::Kind::kNotGuarded, "", what});
  }
}

Result<MigrationReport> MigrationRun::run() {
  report_.started_at = started_at_ = utc_now();
  started_ms_ = milliseconds_since_start();
  // A database that did not exist may still be without its file.
  const bool create = !command_.state().guarded || !command_.state().manifest.existed;
  Result<std::unique_ptr<Connection>> connection = watch_.take(version_);
  reused_ = *connection != nullptr;
  if (!reused_) connection = attempt(driver_.connect(Driver::Purpose::kSession, create));
  Result<void> outcome = connection ? Result<void>() : Result<void>(std::move(connection).error());
  if (connection) {
    connection_ = *std::move(connection);
    outcome = job_.plan.one_transaction ? run_with_patience() : run_by_statements();
  }
  report_.duration_ms = milliseconds_since_start() - started_ms_;
  locks_.ended();
  report_.locks = locks_.held();
  if (outcome) return report_;
  if (!report_.error) {
    if (connection_) (void)connection_->roll_back();
    return std::move(outcome).error();
  }
  BELAY_TRY(settle_failure());
  return report_;
}

/// A lock that is not to be had is waited for in short turns, between which all is let go: who
/// waits for a strong lock stands in the way of all who come behind.
Result<void> MigrationRun::run_with_patience() {
  constexpr int64_t kLongestPauseMs = 2000;
  std::minstd_rand random(static_cast<unsigned>(started_ms_));
  const int64_t deadline = started_ms_ + command_.options().busy_timeout.count();
  const auto known = static_cast<std::ptrdiff_t>(report_.warnings.size());
  int64_t pause_ms = 100;
  for (int turn = 2;; ++turn) {
    const int64_t turn_ms = milliseconds_since_start();
    Result<void> outcome = run_in_transaction();
    const bool again = !outcome && report_.error && report_.error->busy && driver_.takes_turns() &&
                       milliseconds_since_start() + pause_ms < deadline &&
                       !command_.options().cancellation.cancelled();
    if (!again) return outcome;
    (void)connection_->roll_back();
    locks_.ended();
    command_.progress(Stage::kWaiting, "a lock that others hold, turn " + std::to_string(turn), 0,
                      0);
    std::this_thread::sleep_for(
        std::chrono::milliseconds(pause_ms / 2 + static_cast<int64_t>(random()) % pause_ms));
    pause_ms = std::min(pause_ms * 2, kLongestPauseMs);
    report_.lock_wait_ms += milliseconds_since_start() - turn_ms;
    report_.error.reset();
    report_.warnings.erase(report_.warnings.begin() + known, report_.warnings.end());
    report_.row_changes.clear();
    effects_ = job_.plan.effects;
  }
}

Result<void> MigrationRun::run_in_transaction() {
  BELAY_TRY(run_statements(job_.plan.before));
  BELAY_TRY(begin());
  BELAY_TRY(announce());
  BELAY_TRY(check_kept());
  BELAY_TRY(read_facts_before());
  BELAY_TRY(run_statements(job_.plan.body));
  if (!connection_->in_transaction())
    return fail("the script has ended the transaction it runs in");
  BELAY_TRY(check_after(/*can_undo=*/true));
  report_.statements_done = report_.statements;
  BELAY_TRY(write_ledger(done_state()));
  BELAY_TRY(commit_end());
  report_.state = done_state();
  last_ = std::exchange(after_, std::nullopt);
  for (const Statement& statement : job_.plan.after) {
    // It is done already; a setting that fails here fails for nobody else.
    Result<void> done = connection_->run(script_, statement.begin, statement.end);
    if (!done) report_.notes.push_back("after the commit: " + done.error().to_string());
  }
  return conclude();
}

/// The commit that makes the migration done. One that ends with an error may have been done all the
/// same: the server's answer was lost, or the disk failed behind the moment that counts.
Result<void> MigrationRun::commit_end() {
  Result<void> committed = attempt(connection_->commit());
  locks_.ended();
  if (committed) return {};
  Result<InterruptedMigration> outcome = ask_ledger();
  if (!outcome) return std::move(outcome).error();
  if (!outcome->done) return committed;
  report_.notes.push_back("the commit was answered with an error, and yet it was done: " +
                          std::exchange(report_.error, std::nullopt)->to_error().to_string());
  return {};
}

/// What the ledger says behind a commit that has ended with an error. Errors: it cannot be asked
/// now; nothing more is written then, so that the next command settles it as after a crash.
Result<InterruptedMigration> MigrationRun::ask_ledger() {
  Result<InterruptedMigration> outcome = look_into_ledger();
  if (outcome) return outcome;
  const Error failure = std::exchange(report_.error, std::nullopt)->to_error();
  return Error{"the commit of " + report_.display_name + " was answered with an error (" +
                   failure.message +
                   "), and whether it was done cannot be told now: " + outcome.error().message,
               driver_.name(), "the next command finds out, and says it"};
}

Result<InterruptedMigration> MigrationRun::look_into_ledger() {
  if (report_.error->cancelled) command_.disregard_cancellation();
  connection_.reset();
  version_known_ = false;
  watch_.let_go();  // it could not tell our commit from others'
  Result<std::unique_ptr<Connection>> connection =
      driver_.connect(Driver::Purpose::kSession, /*create=*/false);
  if (!connection) return std::move(connection).error();
  BELAY_TRY((*connection)->begin());
  BELAY_TRY(Ledger::wait_for_writers(**connection));
  Result<std::vector<LedgerEntry>> ledger = Ledger::read(**connection);
  if (!ledger) return std::move(ledger).error();
  BELAY_TRY((*connection)->roll_back());
  connection_ = *std::move(connection);
  return find_out(command_.state(), *ledger);
}

/// Under the lock that `begin` took: nobody else can write from here to the commit.
Result<void> MigrationRun::announce() {
  Result<bool> untouched = watch_.look();
  if (!untouched) return std::move(untouched).error();
  Result<std::optional<int64_t>> version = attempt(driver_.others_version(*connection_));
  if (!version) return std::move(version).error();
  untouched_ = reused_ ? version->has_value() && *version == version_ : *untouched;
  if (reused_ && *version != version_) watch_.note_foreign_commit();
  reused_ = false;  // told once
  version_ = *version;
  version_known_ = true;
  Json data = about();
  data["checksum"] = job_.checksum;
  Result<ChangeMark> mark = attempt(driver_.mark(*connection_));
  if (!mark) return std::move(mark).error();
  data["mark"] = mark->data;
  announced_ = true;
  const bool waits = job_.plan.one_transaction && command_.may_wait(*mark);
  return command_.record(event::kMigrationStarted, std::move(data),
                         waits ? Sync::kWithNext : Sync::kNow);
}

/// Its owner may have written to it since the look.
Result<void> MigrationRun::check_kept() {
  if (batch_.kept() == nullptr) return {};
  return attempt(batch_.kept()->check_locked(*connection_, batch_.migrations()));
}

Result<DatabaseFacts> MigrationRun::facts(const Content* before) {
  Result<DatabaseFacts> facts =
      attempt(read_facts(driver_, *connection_, options_.check_foreign_keys, before));
  if (facts && batch_.kept() != nullptr) {
    batch_.kept()->leave_out(*connection_, facts->content.rows);
  }
  return facts;
}

Result<void> MigrationRun::read_facts_before() {
  if (std::optional<DatabaseFacts> last = std::exchange(last_, std::nullopt); last && untouched_) {
    before_ = *std::move(last);
    driver_.watch(*connection_);
    return {};
  }
  Result<DatabaseFacts> facts = this->facts();
  if (!facts) return std::move(facts).error();
  before_ = *std::move(facts);
  driver_.watch(*connection_);
  return {};
}

Result<void> MigrationRun::check_after(bool can_undo) {
  Result<DatabaseFacts> after = facts(&before_.content);
  if (!after) return std::move(after).error();
  schema_after_ = after->content.schema_fingerprint;
  const size_t known = report_.warnings.size();
  compare_facts(before_, *after, effects_, command_.state().manifest.advice, report_);
  if (is_down()) compare_schema();
  if (can_undo) after_ = *std::move(after);
  if (!options_.strict || !can_undo) return {};
  for (size_t i = known; i < report_.warnings.size(); ++i) {
    if (report_.warnings[i].kind == MigrationWarning::Kind::kUnchecked) continue;
    return fail("a check of what the migration did found: " + report_.warnings[i].message);
  }
  return {};
}

/// A down that was said to be exact leaves the schema as it was before the up.
void MigrationRun::compare_schema() {
  const std::string& expected = job_.applied->schema_before;
  if (migration_.down_advice.verdict != DownAdvice::Verdict::kExact || expected.empty() ||
      expected == schema_after_) {
    return;
  }
  report_.warnings.push_back(
      {MigrationWarning::Kind::kSchemaDiffers, "",
       "the schema behind the down is not the one that the ledger remembers from before the up, "
       "though the down was said to be exact"});
}

MigrationState MigrationRun::begun_state() const {
  return is_down() ? MigrationState::kRollingBack : MigrationState::kStarted;
}

MigrationState MigrationRun::done_state() const {
  return is_down() ? MigrationState::kRolledBack : MigrationState::kDone;
}

Result<void> MigrationRun::run_statements(const std::vector<Statement>& statements) {
  for (const Statement& statement : statements) BELAY_TRY(run_statement(statement));
  return {};
}

/// Opens a transaction; where the engine has one writer, others may have to end first.
Result<void> MigrationRun::begin() {
  const int64_t asked_ms = milliseconds_since_start();
  BELAY_TRY(attempt(connection_->begin()));
  report_.lock_wait_ms += milliseconds_since_start() - asked_ms;
  locks_.begun();
  return {};
}

Result<void> MigrationRun::run_statement(const Statement& statement,
                                         std::span<const Value> parameters) {
  if (script_.program) return run_program();
  const int64_t begun_ms = milliseconds_since_start();
  const auto begun = std::chrono::steady_clock::now();
  const Result<void> ran =
      attempt(connection_->run(script_, statement.begin, statement.end, parameters));
  const auto took = std::chrono::steady_clock::now() - begun;
  note_slow(statement.begin,
            std::string_view(script_.sql).substr(statement.begin, statement.end - statement.begin),
            begun_ms);
  BELAY_TRY(ran);
  if (options_.measure) {
    measure(statement, std::chrono::duration_cast<std::chrono::microseconds>(took));
  }
  if (statement.locks_rows && connection_->in_transaction()) return {};
  BELAY_TRY(attempt(locks_.look(*connection_, begun_ms)));
  if (options_.measure) {
    for (std::string& lock : locks_.take_news()) {
      report_.measured.back().locked.push_back(std::move(lock));
    }
  }
  return {};
}

void MigrationRun::measure(const Statement& statement, std::chrono::microseconds took) {
  std::vector<MeasuredStatement>& all = report_.measured;
  const StatementPlace place = place_of(script_, statement.begin);
  // The batches of a statement are one.
  if (all.empty() || all.back().place.offset != place.offset) {
    MeasuredStatement& added = all.emplace_back();
    added.place = place;
    added.statement = shortened(
        std::string_view(script_.sql).substr(statement.begin, statement.end - statement.begin));
  }
  all.back().duration_us += took.count();
  all.back().rows += connection_->affected_rows();
}

/// `offset`: where the statement begins in the script.
void MigrationRun::note_slow(uint32_t offset, std::string_view sql, int64_t begun_ms) {
  constexpr int64_t kSlowMs = 1000;
  constexpr size_t kMost = 100;
  const int64_t duration_ms = milliseconds_since_start() - begun_ms;
  if (duration_ms < kSlowMs || report_.slow.size() == kMost) return;
  report_.slow.push_back({place_of(script_, offset), shortened(sql), duration_ms});
}

LedgerEntry MigrationRun::ledger_entry(MigrationState state) const {
  LedgerEntry entry = is_down() ? down_entry(state) : up_entry(state);
  entry.error = report_.error ? report_.error->to_error().to_string() : "";
  return entry;
}

LedgerEntry MigrationRun::up_entry(MigrationState state) const {
  LedgerEntry entry;
  entry.history = migration_.history;
  entry.version = migration_.version;
  entry.name = migration_.name;
  entry.position = job_.position;
  entry.checksum = job_.checksum;
  entry.sql_checksum = job_.sql_checksum;
  entry.state = state;
  entry.in_transaction = job_.plan.one_transaction;
  entry.statements = report_.statements;
  entry.statements_done = report_.statements_done;
  entry.statements_hash = statements_hash_;
  entry.batches = batches_;
  entry.started_at = started_at_;
  if (state == MigrationState::kDone) entry.applied_at = utc_now();
  entry.duration_ms = milliseconds_since_start() - started_ms_;
  entry.session = command_.state().id;
  entry.belay_version = belay_version();
  entry.schema_before = before_.content.schema_fingerprint;
  entry.schema_after = schema_after_;
  return entry;
}

/// What the up has left in the row stays as far as it still holds. A down of which nothing stays
/// leaves the migration applied.
LedgerEntry MigrationRun::down_entry(MigrationState state) const {
  LedgerEntry entry = *job_.applied;
  if (state == MigrationState::kFailed) {
    if (!report_.is_partial()) return entry;
    state = MigrationState::kRollingBack;
  }
  entry.state = state;
  entry.in_transaction = job_.plan.one_transaction;
  entry.statements = report_.statements;
  entry.statements_done = report_.statements_done;
  entry.statements_hash = statements_hash_;
  entry.batches = batches_;
  entry.session = command_.state().id;
  entry.belay_version = belay_version();
  if (state != MigrationState::kRolledBack) return entry;
  // The newest row is the one that tells what the schema is to be now.
  entry.position = Ledger::kLast;
  entry.rolled_back_at = utc_now();
  entry.schema_after = schema_after_;
  return entry;
}

Result<void> MigrationRun::write_ledger(MigrationState state) {
  BELAY_TRY(attempt(Ledger::create(*connection_)));
  BELAY_TRY(attempt(Ledger::put(*connection_, ledger_entry(state))));
  if (batch_.kept() == nullptr) return {};
  return attempt(
      batch_.kept()->follow(*connection_, migration_, milliseconds_since_start() - started_ms_));
}

Json MigrationRun::about() const {
  return {{"direction", direction_name(job_.direction)},
          {"history", migration_.history},
          {"version", migration_.version},
          {"name", migration_.name},
          {"id", report_.display_name},
          {"in_transaction", report_.in_transaction},
          {"statements", report_.statements}};
}

/// The mark in a look of its own. Notes whether others have committed since we last held the lock.
Result<Json> MigrationRun::mark_now() {
  BELAY_TRY(attempt(connection_->execute("BEGIN")));
  Result<ChangeMark> mark = attempt(driver_.mark(*connection_));
  Result<std::optional<int64_t>> version = attempt(driver_.others_version(*connection_));
  BELAY_TRY(attempt(connection_->roll_back()));
  if (!mark) return std::move(mark).error();
  if (!version) return std::move(version).error();
  if (version_known_ && *version != version_) {
    watch_.note_foreign_commit();
    last_.reset();
  }
  version_ = *version;
  return mark->data;
}

void MigrationRun::take_notices() {
  if (connection_ == nullptr) return;
  for (const std::string& notice : connection_->take_notices()) {
    report_.notes.push_back("the server: " + notice);
  }
}

Result<void> MigrationRun::conclude() {
  take_notices();
  Result<Json> mark = mark_now();
  // It is done, whatever the look at it says; without a mark the next command compares more.
  report_.error.reset();
  Json data = about();
  if (mark) data["mark"] = *std::move(mark);
  data["duration_ms"] = milliseconds_since_start() - started_ms_;
  Json changes = Json::array();
  for (const RowChange& change : report_.row_changes) {
    changes.push_back({{"table", change.table},
                       {"before", change.before ? Json(*change.before) : Json()},
                       {"after", change.after ? Json(*change.after) : Json()}});
  }
  data["row_changes"] = std::move(changes);
  Json warnings = Json::array();
  for (const MigrationWarning& warning : report_.warnings) warnings.push_back(warning.message);
  data["warnings"] = std::move(warnings);
  // A power cut that takes this record leaves the row in the ledger, which tells the same.
  BELAY_TRY(command_.record(event::kMigrationDone, std::move(data), Sync::kWithNext));
  if (mark) {
    const bool clean = !script_.is_program() && driver_.leaves_nothing(*connection_, script_);
    watch_.adopt(std::move(connection_), version_, clean);
    return {};
  }
  last_.reset();
  watch_.let_go();  // something is wrong with this connection, and the old one saw our commit
  return {};
}

void MigrationRun::note_failure(const Error& error) {
  if (!report_.error) report_.error = failure_of(connection_.get(), error);  // the first one counts
}

Error MigrationRun::fail(std::string message) {
  DatabaseError failure;
  failure.message = std::move(message);
  failure.place.path = script_.path;
  report_.error = failure;
  return failure.to_error();
}

/// The transaction, and with it all of a migration that ran in one, is taken back; what remains is
/// recorded, first in the journal and then in the ledger.
Result<void> MigrationRun::settle_failure() {
  report_.state = MigrationState::kFailed;
  take_notices();
  if (report_.error->cancelled) command_.disregard_cancellation();
  report_.row_changes.clear();
  if (report_.in_transaction) report_.statements_done = 0;
  if (script_.program && !report_.in_transaction) {
    report_.statements_done = program_statements_;
    report_.statements = program_statements_ + 1;
  }
  Json data = about();
  const DatabaseError& error = *report_.error;
  data["statements_done"] = report_.statements_done;
  if (!batches_.empty()) data["batches"] = parse_json(batches_);
  data["error"] = error.message;
  data["code"] = error.code_name;
  data["cancelled"] = error.cancelled;
  data["statement"] = error.statement;
  data["path"] = error.place.path;
  data["line"] = error.place.line;
  data["column"] = error.place.column;
  data["row_due"] = announced_;
  const DatabaseError kept = error;
  if (connection_ != nullptr) {
    (void)connection_->roll_back();
    // After some errors the engine reads its own files anew, which looks like others' writes.
    version_known_ = false;
    Result<Json> mark = mark_now();
    if (mark) data["mark"] = *std::move(mark);
    report_.error = kept;
  }
  BELAY_TRY(command_.record(event::kMigrationFailed, std::move(data)));
  if (announced_) write_failure_row();
  return {};
}

void MigrationRun::write_failure_row() {
  // A new connection: the script may have set up the old one in any way.
  Result<std::unique_ptr<Connection>> connection =
      driver_.connect(Driver::Purpose::kSession, /*create=*/false);
  Result<void> written = connection ? Result<void>() : Result<void>(connection.error());
  if (connection) {
    Connection& database = **connection;
    written = database.begin();
    if (written) {
      const Result<bool> looked = watch_.look();
      if (!looked) written = looked.error();
    }
    if (written) written = Ledger::create(database);
    if (written) written = Ledger::put(database, ledger_entry(MigrationState::kFailed));
    // Where the transaction is gone, their table says nothing of it.
    if (written && begun_ && batch_.kept() != nullptr) {
      written = batch_.kept()->follow(database, migration_, report_.duration_ms);
    }
    if (written) written = database.commit();
    if (!written) (void)database.roll_back();
    if (written || watch_.connection() == nullptr) (void)watch_.adopt(*std::move(connection));
  }
  if (!written) {
    // The watching connection may have to clean up after this one, which looks like others' writes.
    watch_.let_go();
    report_.notes.push_back("the failure is in the journal, but not in the ledger: " +
                            written.error().to_string());
  }
}

}  // namespace belay::runtime

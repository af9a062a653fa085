#include "runtime/session/session_state.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "runtime/session/batch_progress.h"

namespace belay::runtime {
namespace {

using Phase = SessionState::Phase;
using Certainty = ForeignWrites::Certainty;

constexpr std::array<std::string_view, 3> kCertainties = {"none", "some", "unknown"};

/// What a record says about the database and about others' writes to it.
void take_mark_from(SessionState& state, const Json& data) {
  const Json& mark = at(data, "mark");
  if (!mark.is_null()) {
    state.baseline.mark.data = mark;
    state.done_since_mark = 0;
  }
  add_foreign_writes(state.foreign, foreign_writes_from_json(at(data, "foreign")));
}

/// The session itself has changed the content, or others have and it is known.
void content_changed(SessionState& state) { state.baseline.digest.clear(); }

void on_session_started(SessionState& state, const JournalRecord& record) {
  state = {};
  state.phase = Phase::kBeginning;
  state.id = record.session;
  state.since = record.at;
  state.database = text_at(record.data, "database");
  state.strategy = text_at(record.data, "strategy");
  state.guarded = flag_at(record.data, "guarded");
  if (!state.guarded) state.phase = Phase::kOpen;  // nothing to prepare
}

Result<void> on_session_open(SessionState& state, const JournalRecord& record,
                             const std::string& path) {
  Result<Manifest> manifest = manifest_from_json(at(record.data, "manifest"), path);
  if (!manifest) return std::move(manifest).error();
  state.manifest = *std::move(manifest);
  state.baseline = baseline_from_json(at(record.data, "baseline"));
  state.phase = Phase::kOpen;
  return {};
}

/// Records of before there were downs have no direction.
Direction direction_at(const Json& data) {
  return text_at(data, "direction") == direction_name(Direction::kDown) ? Direction::kDown
                                                                        : Direction::kUp;
}

void on_migration_started(SessionState& state, const Json& data) {
  SessionState::InFlight& migration = state.in_flight.emplace();
  migration.direction = direction_at(data);
  migration.history = text_at(data, "history");
  migration.version = text_at(data, "version");
  migration.name = text_at(data, "name");
  migration.display_name = text_at(data, "id");
  migration.in_transaction = flag_at(data, "in_transaction");
  migration.statements = static_cast<uint32_t>(number_at(data, "statements"));
  state.failure_row_due = false;
  take_mark_from(state, data);
}

void on_unit_started(SessionState& state, const Json& data) {
  if (!state.in_flight) return;
  content_changed(state);  // at least the ledger's row
  state.in_flight->unit_end = static_cast<uint32_t>(number_at(data, "end"));
  state.in_flight->unit_bare = flag_at(data, "bare");
  state.in_flight->unit_batch = static_cast<uint64_t>(number_at(data, "batch"));
  take_mark_from(state, data);
}

/// Whether a record is about this migration.
template <class Migration>
bool is_same(const Migration& migration, const Json& data) {
  return migration.history == text_at(data, "history") &&
         migration.version == text_at(data, "version");
}

void on_migration_ended(SessionState& state, const Json& data) {
  state.in_flight.reset();
  if (!state.announced.empty() && is_same(state.announced.front(), data)) {
    state.announced.pop_front();
  }
  content_changed(state);
}

void on_migration_done(SessionState& state, const Json& data) {
  const std::string id = text_at(data, "id");
  const bool up = direction_at(data) == Direction::kUp;
  // What is taken back in the session that applied it is as if it had not been.
  std::vector<std::string>& done = up ? state.applied : state.taken_back;
  if (std::erase(up ? state.taken_back : state.applied, id) == 0) done.push_back(id);
  if (state.failed && is_same(*state.failed, data)) state.failed.reset();
  on_migration_ended(state, data);
  ++state.done_since_mark;
  take_mark_from(state, data);
}

void on_migration_failed(SessionState& state, const Json& data) {
  MigrationReport& failed = state.failed.emplace();
  failed.direction = direction_at(data);
  failed.history = text_at(data, "history");
  failed.version = text_at(data, "version");
  failed.name = text_at(data, "name");
  failed.display_name = text_at(data, "id");
  failed.in_transaction = flag_at(data, "in_transaction");
  failed.statements = static_cast<uint32_t>(number_at(data, "statements"));
  failed.statements_done = static_cast<uint32_t>(number_at(data, "statements_done"));
  failed.batched = batched_from(dump_json(at(data, "batches")), failed.statements_done);
  failed.state = MigrationState::kFailed;
  DatabaseError& error = failed.error.emplace();
  error.message = text_at(data, "error");
  error.statement = text_at(data, "statement");
  error.code_name = text_at(data, "code");
  error.cancelled = flag_at(data, "cancelled");
  error.place.path = text_at(data, "path");
  error.place.line = static_cast<uint32_t>(number_at(data, "line"));
  error.place.column = static_cast<uint32_t>(number_at(data, "column"));
  on_migration_ended(state, data);
  state.failure_row_due = flag_at(data, "row_due");
  take_mark_from(state, data);
}

void on_ledger_edit(SessionState& state, const Json& data) {
  state.ledger_edits.clear();
  for (const Json& edit : at(data, "edits")) {
    state.ledger_edits.push_back({text_at(edit, "history"), text_at(edit, "version"),
                                  text_at(edit, "name"), flag_at(edit, "removed"),
                                  text_at(edit, "state")});
  }
  take_mark_from(state, data);
}

void on_ledger_edited(SessionState& state, const Json& data) {
  for (const SessionState::LedgerEdit& edit : state.ledger_edits) {
    const bool same = state.failed && state.failed->history == edit.history &&
                      state.failed->version == edit.version;
    if (same && flag_at(data, "done")) state.failed.reset();
  }
  state.ledger_edits.clear();
  content_changed(state);
  take_mark_from(state, data);
}

void on_apply_done(SessionState& state, const Json& data) {
  state.in_flight.reset();
  state.announced.clear();
  state.done_since_mark = 0;
  state.ledger_edits.clear();
  state.replacing = false;
  state.new_content.clear();
  state.failure_row_due = false;
  // Without one it cannot be told what others write from here on.
  state.baseline = baseline_from_json(at(data, "baseline"));
  take_mark_from(state, data);
  state.phase = Phase::kOpen;
}

void on_apply_started(SessionState& state, const Json& data) {
  state.phase = Phase::kApplying;
  const std::string command = text_at(data, "command");
  state.command = command.empty() ? "apply" : command;
  state.direction = direction_at(data);
  state.announced.clear();
  for (const Json& run : at(data, "runs")) {
    state.announced.push_back(
        {text_at(run, "history"), text_at(run, "version"), text_at(run, "id")});
  }
  state.replacing = flag_at(data, "replacing");
  state.new_content = text_at(data, "digest");
  if (state.replacing) state.source = text_at(data, "source");
  if (state.replacing) {
    // What was applied is told by the ledger that comes with the new content.
    state.applied.clear();
    state.taken_back.clear();
    state.failed.reset();
  }
  if (foreign_writes_from_json(at(data, "foreign")).certainty != Certainty::kNone) {
    content_changed(state);
  }
  take_mark_from(state, data);
}

}  // namespace

Json to_json(const ForeignWrites& writes) {
  return {{"certainty", kCertainties[static_cast<size_t>(writes.certainty)]},
          {"details", writes.details}};
}

ForeignWrites foreign_writes_from_json(const Json& json) {
  ForeignWrites writes;
  const std::string certainty = text_at(json, "certainty");
  for (size_t i = 0; i < kCertainties.size(); ++i) {
    if (certainty == kCertainties[i]) writes.certainty = static_cast<Certainty>(i);
  }
  writes.details = texts_at(json, "details");
  return writes;
}

void add_foreign_writes(ForeignWrites& all, const ForeignWrites& more) {
  if (more.certainty == Certainty::kNone) return;
  // What is certain outweighs what is possible: it is reason enough to ask.
  if (all.certainty != Certainty::kSome) all.certainty = more.certainty;
  for (const std::string& detail : more.details) {
    if (std::find(all.details.begin(), all.details.end(), detail) == all.details.end()) {
      all.details.push_back(detail);
    }
  }
}

Result<void> fold_record(SessionState& state, const JournalRecord& record,
                         const std::string& journal_path) {
  const std::string_view name = record.event;
  const Json& data = record.data;
  if (name == event::kSessionStarted) {
    on_session_started(state, record);
  } else if (name == event::kSessionOpen) {
    return on_session_open(state, record, journal_path);
  } else if (name == event::kApplyStarted) {
    on_apply_started(state, data);
  } else if (name == event::kMigrationStarted) {
    on_migration_started(state, data);
  } else if (name == event::kUnitStarted) {
    on_unit_started(state, data);
  } else if (name == event::kMigrationDone) {
    on_migration_done(state, data);
  } else if (name == event::kMigrationFailed) {
    on_migration_failed(state, data);
  } else if (name == event::kLedgerEdit) {
    on_ledger_edit(state, data);
  } else if (name == event::kLedgerEdited) {
    on_ledger_edited(state, data);
  } else if (name == event::kApplyDone) {
    on_apply_done(state, data);
  } else if (name == event::kMarkMoved) {
    take_mark_from(state, data);
  } else if (name == event::kCommitStarted) {
    state.phase = Phase::kCommitting;
    state.keep_snapshot = flag_at(data, "keep");
  } else if (name == event::kRollbackStarted) {
    state.phase = Phase::kRollingBack;
    state.rollback_mark.data = at(data, "mark");
  } else if (name == event::kRollbackUndone) {
    state.phase = Phase::kOpen;
  } else if (name == event::kRestored) {
    state.phase = Phase::kRestored;
  } else if (name == event::kSessionClosed) {
    state.phase = Phase::kClosed;
  } else {
    return Error{"the journal has a record `" + record.event + "`, which this Belay does not know",
                 journal_path, "use the version that wrote it"};
  }
  return {};
}

Result<SessionState> fold_journal(const std::vector<JournalRecord>& records,
                                  const std::string& journal_path) {
  SessionState state;
  for (const JournalRecord& record : records) BELAY_TRY(fold_record(state, record, journal_path));
  return state;
}

}  // namespace belay::runtime

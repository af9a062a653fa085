#include <filesystem>
#include <system_error>
#include <utility>

#include "runtime/session/look.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

using EventKind = HistoryEvent::Kind;

/// Reads the records of all sessions in their order. Who and which command stand in the record that
/// a command begins with.
class Reader {
 public:
  void read(const std::vector<JournalRecord>& records) {
    for (const JournalRecord& record : records) read(record);
  }
  std::vector<HistoryEvent> take() && { return std::move(events_); }

 private:
  void read(const JournalRecord& record) {
    const std::string_view name = record.event;
    const Json& data = record.data;
    if (const std::string by = text_at(data, "by"); !by.empty()) by_ = by;
    if (name == event::kSessionStarted) {
      command_ = flag_at(data, "guarded") ? "begin" : "";
      guarded_ = flag_at(data, "guarded");
    } else if (name == event::kSessionOpen) {
      add(EventKind::kBegun, record);
    } else if (name == event::kApplyStarted) {
      command_ = text_at(data, "command").empty() ? "apply" : text_at(data, "command");
      if (flag_at(data, "replacing")) add(EventKind::kReplaced, record);
    } else if (name == event::kMigrationDone) {
      const bool down = text_at(data, "direction") == direction_name(Direction::kDown);
      add_migration(down ? EventKind::kTakenBack : EventKind::kApplied, record);
    } else if (name == event::kMigrationFailed) {
      add_migration(EventKind::kFailed, record);
      events_.back().text = text_at(data, "error");
    } else if (name == event::kLedgerEdit) {
      edits_ = at(data, "edits");
    } else if (name == event::kLedgerEdited) {
      if (flag_at(data, "done")) add_edits(record);
    } else if (name == event::kCommitStarted) {
      command_ = "commit";
    } else if (name == event::kRollbackStarted) {
      command_ = "rollback";
    } else if (name == event::kSessionClosed) {
      add_end(record);
    }
  }

  HistoryEvent& add(EventKind kind, const JournalRecord& record) {
    HistoryEvent& event = events_.emplace_back();
    event.kind = kind;
    event.at = record.at;
    event.by = by_;
    event.session = record.session;
    event.command = command_;
    return event;
  }

  void add_migration(EventKind kind, const JournalRecord& record) {
    const Json& data = record.data;
    HistoryEvent& event = add(kind, record);
    event.version = text_at(data, "version");
    event.name = text_at(data, "id");
    if (text_at(data, "direction") == direction_name(Direction::kDown)) {
      event.direction = Direction::kDown;
    }
    if (data.contains("duration_ms")) event.duration_ms = number_at(data, "duration_ms");
  }

  void add_edits(const JournalRecord& record) {
    for (const Json& edit : edits_) {
      HistoryEvent& event = add(EventKind::kEdited, record);
      event.version = text_at(edit, "version");
      event.name = text_at(edit, "name").empty() ? event.version
                                                 : event.version + "_" + text_at(edit, "name");
      event.text = flag_at(edit, "removed") ? "its row was removed"
                                            : "its row was written as " + text_at(edit, "state");
    }
  }

  /// A run without a snapshot begins and ends with its command; that says nothing.
  void add_end(const JournalRecord& record) {
    const std::string how = text_at(record.data, "how");
    if (how == "committed") {
      add(EventKind::kCommitted, record);
    } else if (how == "rolled back") {
      add(EventKind::kRestored, record);
    } else if (guarded_) {
      add(EventKind::kClosed, record).text = how;
    }
  }

  std::string by_;
  std::string command_;
  bool guarded_ = true;
  Json edits_;
  std::vector<HistoryEvent> events_;
};

std::string describe(const HistoryEvent& event) {
  std::string out;
  switch (event.kind) {
    case EventKind::kBegun: out = "session " + event.session + " begun"; break;
    case EventKind::kApplied: out = event.name + " applied"; break;
    case EventKind::kTakenBack: out = event.name + " taken back"; break;
    case EventKind::kFailed:
      out = (event.direction == Direction::kDown ? "the down of " : "") + event.name +
            " failed: " + event.text;
      break;
    case EventKind::kEdited: out = event.name + ": " + event.text; break;
    case EventKind::kReplaced:
      out = event.command == "clear" ? "database emptied" : "database restored from another source";
      break;
    case EventKind::kCommitted: out = "session " + event.session + " committed"; break;
    case EventKind::kRestored: out = "session " + event.session + " rolled back"; break;
    case EventKind::kClosed: out = "session " + event.session + " closed: " + event.text; break;
  }
  if (event.duration_ms) out += ", " + std::to_string(*event.duration_ms) + " ms";
  if (event.kind == EventKind::kEdited && !event.command.empty()) out += ", by " + event.command;
  return out + (event.by.empty() ? "" : ", " + event.by);
}

}  // namespace

std::string_view history_kind_name(HistoryEvent::Kind kind) {
  switch (kind) {
    case EventKind::kBegun: return "begun";
    case EventKind::kApplied: return "applied";
    case EventKind::kTakenBack: return "taken-back";
    case EventKind::kFailed: return "failed";
    case EventKind::kEdited: return "ledger-edited";
    case EventKind::kReplaced: return "replaced";
    case EventKind::kCommitted: return "committed";
    case EventKind::kRestored: return "rolled-back";
    case EventKind::kClosed: return "closed";
  }
  return "";
}

namespace {

/// The journals of the sessions that are over, and of the open one.
struct Records {
  Journal::Content before;
  Journal::Content now;

  std::vector<HistoryEvent> events() const {
    Reader reader;
    reader.read(before.records);
    reader.read(now.records);
    return std::move(reader).take();
  }
};

Result<Records> read_records(const StateDirectory& files) {
  Result<Journal::Content> before = read_audit_log(files.audit());
  if (!before) return std::move(before).error();
  Result<Journal::Content> now = Journal::read(files.journal());
  if (!now) return std::move(now).error();
  return Records{*std::move(before), *std::move(now)};
}

}  // namespace

Result<HistoryReport> Session::history() const {
  Result<Look> look = look_at(options_);
  if (!look) return std::move(look).error();
  const Result<Records> records = read_records(look->target.files);
  if (!records) return records.error();
  HistoryReport report;
  report.ledger = std::move(look->ledger);
  report.events = records->events();
  report.headline = report.events.empty()
                        ? "Nothing is recorded yet"
                        : counted(report.events.size(), "event") + " on record, the oldest first";
  if (records->before.torn) {
    report.warnings.emplace_back("the audit log has lines that cannot be read; they are left out");
  }
  for (const HistoryEvent& event : report.events) {
    report.facts.push_back({event.at, describe(event)});
  }
  return report;
}

Result<RecordsReport> Session::records() const {
  using Phase = SessionState::Phase;
  const Result<Target> target = find_target(options_);
  if (!target) return target.error();
  const Result<Records> records = read_records(target->files);
  if (!records) return records.error();
  const Result<SessionState> state = fold_journal(records->now.records, target->files.journal());
  if (!state) return state.error();
  RecordsReport report;
  report.open = state->phase != Phase::kNone && state->phase != Phase::kBeginning &&
                state->phase != Phase::kClosed;
  if (report.open) {
    report.session = state->id;
    report.since = state->since;
    report.guarded = state->guarded;
    report.applied = state->applied;
  }
  report.events = records->events();
  return report;
}

std::string Session::records_stamp() const {
  const Result<Target> target = find_target(options_);
  if (!target) return "";
  std::string out;
  for (const std::string& path : {target->files.audit(), target->files.journal()}) {
    std::error_code none;
    const auto written = std::filesystem::last_write_time(path, none);
    if (none) continue;
    const auto size = std::filesystem::file_size(path, none);
    out += path + " " + std::to_string(size) + " " +
           std::to_string(written.time_since_epoch().count()) + "\n";
  }
  return out;
}

}  // namespace belay::runtime

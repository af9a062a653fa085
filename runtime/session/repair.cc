// A repair changes what the ledger says, never what the database holds. What is wrong is found from
// the ledger and the files; what to do about it only a person can know, and names it.
#include <algorithm>
#include <utility>

#include "runtime/checksums.h"
#include "runtime/io/clock.h"
#include "runtime/session/apply_plan.h"
#include "runtime/session/ledger_edit.h"
#include "runtime/session/look.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

using ProblemKind = LedgerProblem::Kind;

bool failed_without_trace(const LedgerEntry& entry) {
  return !is_half(entry) &&
         (entry.state == MigrationState::kFailed || entry.state == MigrationState::kStarted);
}

/// What is wrong, and the edits that were asked for.
class Repair {
 public:
  Repair(const Driver& driver, const SessionOptions& session_options,
         std::span<const MigrationScript> migrations, const RepairOptions& options,
         const std::vector<LedgerEntry>& ledger)
      : driver_(driver),
        session_options_(session_options),
        migrations_(migrations),
        options_(options),
        ledger_(ledger) {}

  Result<void> decide(const std::string& fingerprint) {
    for (const LedgerEntry& entry : ledger_) find_problem(entry);
    for (const std::string& name : options_.mark_applied) {
      BELAY_TRY(mark_applied(name, fingerprint));
    }
    for (const std::string& name : options_.mark_pending) BELAY_TRY(mark_pending(name));
    for (const std::string& name : options_.accept_checksum) BELAY_TRY(accept_checksum(name));
    for (const LedgerEntry& entry : ledger_) {
      if (!failed_without_trace(entry) || is_named(entry)) continue;
      edit({entry, true}, entry_name(entry) + ": the row of the failed run is removed");
    }
    return {};
  }

  RepairReport& report() { return report_; }
  std::vector<RowEdit>& edits() { return edits_; }

  void tell(bool changed) {
    report_.changed = changed && !edits_.empty();
    const size_t count = report_.problems.size();
    if (count == 0) {
      report_.headline = "The ledger is in order";
    } else {
      report_.headline = "The ledger has " + counted(count, "problem");
    }
    if (report_.changed) {
      report_.headline = counted(edits_.size(), "row") + " of the ledger " +
                         (edits_.size() == 1 ? "was" : "were") + " put right";
    } else if (!edits_.empty()) {
      report_.headline += "; nothing was changed yet";
    }
    if (!report_.changed) {
      for (const LedgerProblem& problem : report_.problems) {
        report_.facts.push_back({std::string(problem_name(problem.kind)),
                                 problem.display_name + ": " + problem.message +
                                     (problem.remedy.empty() ? "" : "\n" + problem.remedy)});
      }
    }
    for (const std::string& change : report_.changes) {
      report_.facts.push_back({changed ? "Changed" : "Would change", change});
    }
  }

 private:
  const MigrationScript* script_of(const LedgerEntry& entry) const {
    return find_migration(migrations_, entry);
  }

  std::string name_of(const LedgerEntry& entry) const {
    return display_name_of(migrations_, entry);
  }

  bool is_named(const LedgerEntry& entry) const {
    return std::any_of(edits_.begin(), edits_.end(), [&](const RowEdit& edit) {
      return edit.entry.history == entry.history && edit.entry.version == entry.version;
    });
  }

  void edit(RowEdit row, std::string what) {
    edits_.push_back(std::move(row));
    report_.changes.push_back(std::move(what));
  }

  void find_problem(const LedgerEntry& entry) {
    const std::string program = session_options_.program;
    const auto add = [&](ProblemKind kind, std::string message, std::string remedy) {
      report_.problems.push_back(
          {kind, entry.version, name_of(entry), std::move(message), std::move(remedy)});
    };
    const std::string marks = "--mark-applied " + entry.version + " or --mark-pending " +
                              entry.version + " where it was finished or undone by hand";
    if (is_half(entry)) {
      const bool down = direction_of(entry) == Direction::kDown;
      add(down ? ProblemKind::kHalfTakenBack : ProblemKind::kHalfApplied,
          how_far(entry, down ? "its down's " : "") + " have run",
          "`" + program + (down ? " down" : " apply") + "` goes on with it; " + marks);
    } else if (failed_without_trace(entry)) {
      add(ProblemKind::kFailed, entry.error.empty() ? "it was interrupted" : entry.error,
          "nothing of it has stayed; its row can go");
    } else if (is_applied(&entry)) {
      find_problem_of_text(entry, add);
    }
  }

  template <class Add>
  void find_problem_of_text(const LedgerEntry& entry, const Add& add) {
    const MigrationScript* script = script_of(entry);
    if (script == nullptr) {
      const bool ours = std::any_of(
          migrations_.begin(), migrations_.end(),
          [&](const MigrationScript& migration) { return migration.history == entry.history; });
      if (ours) {
        add(ProblemKind::kMissing, "it is applied, and not among the migrations",
            "bring its file back");
      }
      return;
    }
    if (text_change(entry, *script, driver_.url().engine) != TextChange::kStatements) return;
    add(ProblemKind::kEdited, "its statements were edited since it was applied " + entry.applied_at,
        "put the text back; or --accept-checksum " + entry.version +
            " where the new text is known to do the same");
  }

  Result<const LedgerEntry*> find(const std::string& name, const char* option) const {
    for (const LedgerEntry& entry : ledger_) {
      if (entry.version != name && name_of(entry) != name) continue;
      if (is_named(entry)) {
        return Error{name_of(entry) + " is named twice", option, "say one thing about it"};
      }
      return &entry;
    }
    return Error{"the ledger has no entry `" + name + "`; nothing was changed", option,
                 "`" + session_options_.program + " history` shows the entries"};
  }

  /// An entry that a person may decide about: of a run that did not come to its end.
  Result<const LedgerEntry*> find_unfinished(const std::string& name, const char* option) const {
    Result<const LedgerEntry*> entry = find(name, option);
    if (!entry || is_half(**entry) || failed_without_trace(**entry)) return entry;
    return Error{name_of(**entry) +
                     " is neither applied in part nor failed: the ledger has it as " +
                     std::string(state_name((*entry)->state)) + "; nothing was changed",
                 option, ""};
  }

  Result<void> mark_applied(const std::string& name, const std::string& fingerprint) {
    Result<const LedgerEntry*> found = find_unfinished(name, "--mark-applied");
    if (!found) return std::move(found).error();
    LedgerEntry entry = **found;
    entry.state = MigrationState::kDone;
    entry.position = Ledger::kLast;
    entry.statements_done = entry.statements;
    entry.statements_hash.clear();
    entry.batches.clear();
    entry.applied_at = utc_now();
    entry.rolled_back_at.clear();
    entry.error.clear();
    entry.belay_version = belay_version();
    entry.schema_after = fingerprint;
    if (const MigrationScript* script = script_of(entry)) {
      entry.checksum = script->checksum();
      entry.sql_checksum = script->sql_checksum(driver_.url().engine);
    }
    edit({entry, false}, name_of(entry) + ": marked as applied");
    return {};
  }

  Result<void> mark_pending(const std::string& name) {
    Result<const LedgerEntry*> found = find_unfinished(name, "--mark-pending");
    if (!found) return std::move(found).error();
    edit({**found, true}, name_of(**found) + ": marked as not applied, its row is removed");
    return {};
  }

  Result<void> accept_checksum(const std::string& name) {
    Result<const LedgerEntry*> found = find(name, "--accept-checksum");
    if (!found) return std::move(found).error();
    const MigrationScript* script = script_of(**found);
    if (script == nullptr || !is_applied(*found)) {
      return Error{name_of(**found) +
                       (script == nullptr ? " is not among the migrations" : " is not applied") +
                       "; nothing was changed",
                   "--accept-checksum", ""};
    }
    LedgerEntry entry = **found;
    entry.checksum = script->checksum();
    entry.sql_checksum = script->sql_checksum(driver_.url().engine);
    edit({entry, false, true},
         name_of(entry) + ": the text of now counts as the one that was applied");
    return {};
  }

  const Driver& driver_;
  const SessionOptions& session_options_;
  std::span<const MigrationScript> migrations_;
  const RepairOptions& options_;
  const std::vector<LedgerEntry>& ledger_;
  std::vector<RowEdit> edits_;
  RepairReport report_;
};

}  // namespace

std::string_view problem_name(LedgerProblem::Kind kind) {
  switch (kind) {
    case ProblemKind::kHalfApplied: return "half-applied";
    case ProblemKind::kHalfTakenBack: return "half-taken-back";
    case ProblemKind::kFailed: return "failed";
    case ProblemKind::kEdited: return "edited";
    case ProblemKind::kMissing: return "missing";
  }
  return "";
}

Result<RepairReport> Session::plan_repair(std::span<const MigrationScript> migrations,
                                          const RepairOptions& repair_options) const {
  Result<Look> look = look_at(options_);
  if (!look) return std::move(look).error();
  Repair repair(look->driver(), options_, migrations, repair_options, look->ledger);
  BELAY_TRY(repair.decide(""));
  repair.tell(/*changed=*/false);
  return std::move(repair.report());
}

Result<RepairReport> Session::repair(std::span<const MigrationScript> migrations,
                                     const RepairOptions& repair_options) const {
  Result<Look> look = look_at(options_);
  if (!look) return std::move(look).error();
  const bool exists = look->database != nullptr;
  look->database.reset();
  Result<std::unique_ptr<Command>> opened = Command::open(options_, "repair", /*create=*/exists);
  if (!opened) return std::move(opened).error();
  Command& command = **opened;
  BELAY_TRY(command.recover(/*force=*/false));
  const RunOptions run_options;
  MigrationBatch batch(command, run_options);
  Result<std::vector<LedgerEntry>> ledger = batch.look(migrations);
  if (!ledger) return std::move(ledger).error();
  std::string fingerprint;
  if (batch.connection() != nullptr) {
    Result<std::string> now = command.driver().schema_fingerprint(*batch.connection());
    if (!now) return std::move(now).error();
    fingerprint = *std::move(now);
  }
  Repair repair(command.driver(), options_, migrations, repair_options, *ledger);
  BELAY_TRY(repair.decide(fingerprint));
  if (!repair.edits().empty()) BELAY_TRY(edit_ledger(command, batch, repair.edits()));
  repair.tell(/*changed=*/true);
  command.report_to(repair.report());
  return std::move(repair.report());
}

}  // namespace belay::runtime

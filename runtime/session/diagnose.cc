#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "runtime/io/clock.h"
#include "runtime/io/durable_file.h"
#include "runtime/session/kept_history.h"
#include "runtime/session/look.h"
#include "runtime/session/words.h"
#include "support/file_system.h"

namespace belay::runtime {
namespace {

using Level = Finding::Level;

class Diagnosis {
 public:
  Diagnosis(const SessionOptions& options, Target target)
      : options_(options), target_(std::move(target)) {}

  DiagnosisReport run() {
    target_.driver->diagnose(report_.findings);
    look_at_state();
    if (report_.sound()) look_at_ledger();
    look_at_space();
    tell();
    return std::move(report_);
  }

 private:
  void add(Level level, std::string topic, std::string text, std::string hint = "") {
    report_.findings.push_back({level, std::move(topic), std::move(text), std::move(hint)});
  }

  void look_at_state() {
    const StateDirectory& files = target_.files;
    if (!file_exists(files.path())) return;
    if (::access(files.path().c_str(), W_OK | X_OK) != 0) {
      add(Level::kProblem, "state",
          "the state directory " + files.path() + " cannot be written to: " + std::strerror(errno),
          "whoever has begun a session there owns it");
      return;
    }
    if (const std::optional<LockHolder> holder = FileLock::holder(files.lock())) {
      add(Level::kNote, "session", "a command is running: " + holder->to_string());
      return;
    }
    const Result<SessionState> state = state_of(files);
    using Phase = SessionState::Phase;
    if (!state) {
      add(Level::kProblem, "session", state.error().to_string(), state.error().hint);
    } else if (state->phase == Phase::kOpen && state->guarded) {
      add(Level::kNote, "session",
          "session " + state->id + " is open, begun " + age_of(state->since));
    } else if (state->phase != Phase::kNone && state->phase != Phase::kClosed) {
      add(Level::kWarning, "session", "a command was interrupted; the next one settles that first",
          "`" + Advice(options_).command(Action::kStatus) + "` tells what it will do");
    }
  }

  void look_at_ledger() {
    const Result<Look> look = look_at(options_);
    if (!look) {
      add(Level::kProblem, "ledger", look.error().message, look.error().hint);
      return;
    }
    for (const LedgerEntry& entry : look->ledger) {
      const bool half = entry.state == MigrationState::kStarted ||
                        entry.state == MigrationState::kRollingBack || is_half(entry);
      if (half) {
        add(Level::kWarning, "ledger", entry_name(entry) + " is there in part",
            "`" + Advice(options_).command(Action::kRepair) + "` tells what can be done");
      }
    }
    if (look->database != nullptr) look_at_kept(*look->database);
    add(Level::kGood, "ledger",
        look->ledger.empty() ? "no migration has been applied by Belay yet"
                             : counted(look->ledger.size(), "migration") + " in the ledger");
  }

  void look_at_kept(Connection& database) {
    const Result<std::optional<KeptInSync>> kept = KeptHistory::report(database, {}, {});
    if (!kept) return add(Level::kProblem, "in sync", kept.error().message, kept.error().hint);
    if (!*kept) return;
    add(Level::kNote, "in sync",
        "the table " + (*kept)->table + " of " + (*kept)->tool + " is kept in sync");
  }

  /// For a snapshot, and what a migration needs to build a table anew.
  void look_at_space() {
    const std::string directory = file_exists(target_.files.path())
                                      ? target_.files.path()
                                      : std::string(path::parent(target_.files.path()));
    const Result<uint64_t> free = free_space(directory);
    const std::optional<uint64_t> size = report_.sound() ? target_.driver->size() : std::nullopt;
    if (!free || !size) return;
    const bool on_this_disk = target_.driver->url().engine == Engine::kSqlite;
    const uint64_t needed = (on_this_disk ? 2 * *size : *size) + options_.free_space_margin;
    const std::string text =
        file_size_text(*free) + " are free, and the database takes " + file_size_text(*size);
    if (*free >= needed) {
      add(Level::kGood, "space", text);
    } else if (on_this_disk) {
      add(Level::kWarning, "space", text + ": that may not do for a snapshot and a rebuilt table",
          "free some space on the disk of " + directory);
    } else {
      add(Level::kNote, "space", text + ": a dump of it may not fit here",
          "that matters only where the server cannot copy the database itself");
    }
  }

  void tell() {
    for (const Finding& finding : report_.findings) {
      std::string text = finding.text;
      if (finding.level != Level::kGood && !finding.hint.empty()) text += "\n" + finding.hint;
      std::string label = finding.topic;
      if (finding.level == Level::kWarning) label += " (!)";
      if (finding.level == Level::kProblem) label += " (!!)";
      report_.facts.push_back({std::move(label), std::move(text)});
    }
    const auto count = [&](Level level) {
      return static_cast<uint64_t>(
          std::count_if(report_.findings.begin(), report_.findings.end(),
                        [level](const Finding& finding) { return finding.level == level; }));
    };
    const uint64_t problems = count(Level::kProblem);
    const uint64_t warnings = count(Level::kWarning);
    report_.headline = problems > 0 ? "Sessions cannot work on " + target_.driver->name() +
                                          " as it is: " + counted(problems, "problem")
                       : warnings > 0 ? "Sessions can work on " + target_.driver->name() +
                                            ", with " + counted(warnings, "warning")
                                      : "Sessions can work on " + target_.driver->name();
  }

  const SessionOptions& options_;
  Target target_;
  DiagnosisReport report_;
};

}  // namespace

std::string_view level_name(Level level) {
  switch (level) {
    case Level::kGood: return "good";
    case Level::kNote: return "note";
    case Level::kWarning: return "warning";
    case Level::kProblem: return "problem";
  }
  return "";
}

bool DiagnosisReport::sound() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const Finding& finding) { return finding.level == Level::kProblem; });
}

Result<DiagnosisReport> Session::diagnose() const {
  Result<Target> target = find_target(options_);
  if (!target) return std::move(target).error();
  return Diagnosis(options_, *std::move(target)).run();
}

}  // namespace belay::runtime

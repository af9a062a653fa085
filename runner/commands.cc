// A thin skin over `Session`: each command hands on what it was given, and prints the report. What is
// safe and what is not the session decides.
#include "runner/commands.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

namespace belay::runner {
namespace {

using namespace runtime;  // NOLINT: a command is little else than a call of it

constexpr Option kSteps{"--steps", "COUNT", "at most so many"};
constexpr Option kYes{"--yes", "", "do not ask"};
constexpr Option kUnguarded{"--without-snapshot", "", "run without an open session; needs --yes"};
constexpr Option kConfirm{"--confirm", "VERSION",
                          "it may be taken back although that loses something; may be repeated"};

template <class T>
Result<int> print(const Result<T>& report, bool well = true) {
  if (!report) return report.error();
  std::cout << to_text(*report);
  return well ? kDone : kFailed;
}

/// Asks a person; where there is none, `--yes` has to have been said.
Result<void> agree(const Context& context, const std::string& question) {
  if (context.arguments.has("--yes")) return {};
  std::string answer;
  if (isatty(STDIN_FILENO) == 1) {
    std::cout << question << " [y/N] " << std::flush;
    std::getline(std::cin, answer);
  }
  if (answer == "y" || answer == "yes") return {};
  return Error{"nothing was changed: it was not confirmed", "",
               "answer yes, or pass --yes where no person can be asked"};
}

/// Whether to run without a snapshot, which somebody has to want.
Result<bool> unguarded(const Context& context) {
  if (!context.arguments.has("--without-snapshot")) return false;
  BELAY_TRY(agree(context, "Run without a snapshot? What goes wrong cannot be taken back."));
  return true;
}

template <class T>
Result<int> print_run(const Result<T>& report) {
  return print(report, report && !report->failed && !report->cancelled);
}

/// What stands elsewhere has to have run before.
Result<void> check_elsewhere(const Context& context) {
  if (context.elsewhere.empty()) return {};
  const Result<StatusReport> status = context.session.status();
  if (!status) return status.error();
  for (const std::string& version : context.elsewhere) {
    const bool applied =
        std::any_of(status->ledger.begin(), status->ledger.end(), [&](const LedgerEntry& entry) {
          return entry.version == version && entry.state == MigrationState::kDone;
        });
    if (applied) continue;
    return Error{"version " + version + ", on which others depend, is not applied and not in this "
                 "program; nothing was run", "", "let `belay` run the whole project"};
  }
  return {};
}

Result<int> begin(const Context& context) { return print(context.session.begin()); }

Result<int> apply(const Context& context) {
  BELAY_TRY(check_elsewhere(context));
  ApplyOptions options;
  options.to = context.arguments.value("--to");
  Result<size_t> steps = context.arguments.number("--steps", 0);
  if (!steps) return std::move(steps).error();
  options.limit = *steps;
  if (context.arguments.has("--dry-run")) {
    return print_run(context.session.dry_run(context.migrations, options));
  }
  Result<bool> without = unguarded(context);
  if (!without) return std::move(without).error();
  options.allow_unguarded = *without;
  const Result<ApplyReport> report = context.session.apply(context.migrations, options);
  const Result<int> code = print_run(report);
  if (!code || *code == kDone || !context.arguments.has("--rollback-on-failure")) return code;
  if (report->snapshot) (void)print(context.session.rollback());
  return code;
}

Result<DownOptions> down_options(const Context& context) {
  DownOptions options;
  options.to = context.arguments.value("--to");
  Result<size_t> steps = context.arguments.number("--steps", 1);
  if (!steps) return std::move(steps).error();
  options.steps = *steps;
  options.confirmed = context.arguments.values("--confirm");
  return options;
}

Result<int> down(const Context& context) {
  Result<DownOptions> options = down_options(context);
  if (!options) return std::move(options).error();
  if (context.arguments.has("--dry-run")) {
    return print(context.session.plan_down(context.migrations, *options));
  }
  Result<bool> without = unguarded(context);
  if (!without) return std::move(without).error();
  options->allow_unguarded = *without;
  return print_run(context.session.down(context.migrations, *options));
}

Result<int> redo(const Context& context) {
  Result<DownOptions> options = down_options(context);
  if (!options) return std::move(options).error();
  return print_run(context.session.redo(context.migrations, *options));
}

Result<int> commit(const Context& context) {
  CommitOptions options;
  options.keep_snapshot = context.arguments.has("--keep-snapshot");
  if (context.arguments.has("--accept-partial")) {
    BELAY_TRY(agree(context, "Commit although a migration is applied in part?"));
    options.accept_partial = true;
  }
  return print(context.session.commit(options));
}

Result<int> rollback(const Context& context) {
  RollbackOptions options;
  if (context.arguments.has("--discard-foreign-writes")) {
    BELAY_TRY(agree(context, "Roll back? What others wrote since the begin is lost."));
    options.discard_foreign_writes = true;
  }
  return print(context.session.rollback(options));
}

Result<int> status(const Context& context) {
  StatusOptions options;
  options.verify_snapshot = context.arguments.has("--verify-snapshot");
  return print(context.session.status(context.migrations, options));
}

Result<int> plan(const Context& context) { return print(context.session.plan(context.migrations)); }

Result<int> pending(const Context& context) {
  PlanOptions options;
  options.sizes = false;
  const Result<PlanReport> report = context.session.plan(context.migrations, options);
  if (!report) return report.error();
  std::cout << report->headline << '\n';
  for (const PlannedMigration& migration : report->pending) {
    std::cout << "  " << migration.display_name << '\n';
  }
  for (const std::string& obstacle : report->obstacles) std::cout << obstacle << '\n';
  return kDone;
}

Result<int> list(const Context& context) {
  for (const MigrationScript& migration : context.migrations) {
    std::cout << migration.display_name() << '\t' << migration.up.path << ':' << migration.up.line
              << (migration.down ? "\tup and down\n" : "\tup\n");
  }
  return kDone;
}

Result<int> history(const Context& context) { return print(context.session.history()); }

Result<int> show(const Context& context) {
  const std::string name = context.arguments.word(0);
  const auto migration = std::find_if(context.migrations.begin(), context.migrations.end(),
                                      [&](const auto& m) { return m.is_called(name); });
  if (migration == context.migrations.end()) {
    return Error{"there is no migration `" + name + "`", "", "`list` names them"};
  }
  const Result<StatusReport> status = context.session.status(context.migrations);
  if (!status) return status.error();
  Report report;
  std::string state = "pending";
  for (const LedgerEntry& entry : status->ledger) {
    if (entry.version != migration->version) continue;
    state = state_name(entry.state);
    if (!entry.applied_at.empty()) report.facts.push_back({"Applied", entry.applied_at});
    if (!entry.error.empty()) report.facts.push_back({"Error", entry.error});
    if (!entry.session.empty()) report.facts.push_back({"Session", entry.session});
  }
  report.headline = migration->display_name() + " is " + state;
  report.facts.push_back(
      {"Source", migration->up.path + ":" + std::to_string(migration->up.line)});
  report.facts.push_back({"Down", migration->down ? migration->down_advice.reason : "none"});
  for (const std::string& version : migration->dependencies) {
    report.facts.push_back({"Depends on", version});
  }
  std::cout << to_text(report);
  return kDone;
}

Result<int> check(const Context& context) {
  CheckOptions options;
  options.integrity = !context.arguments.has("--quick");
  const Result<CheckReport> report = context.session.check(options);
  return print(report, report && report->sound());
}

Result<int> verify_schema(const Context& context) { return print(context.session.verify_schema()); }

Result<int> baseline(const Context& context) {
  return print(context.session.baseline(context.migrations, context.arguments.word(0)));
}

Result<int> repair(const Context& context) {
  RepairOptions options;
  options.mark_applied = context.arguments.values("--mark-applied");
  options.mark_pending = context.arguments.values("--mark-pending");
  options.accept_checksum = context.arguments.values("--accept-checksum");
  const Result<RepairReport> planned = context.session.plan_repair(context.migrations, options);
  if (!planned || planned->changes.empty()) return print(planned);
  std::cout << to_text(*planned);
  BELAY_TRY(agree(context, "Change the ledger so?"));
  return print(context.session.repair(context.migrations, options));
}

Result<int> adopt(const Context& context) {
  AdoptOptions options;
  options.tool = context.arguments.value("--tool");
  options.dry_run = context.arguments.has("--dry-run");
  return print(context.session.adopt(context.migrations, options));
}

Result<int> snapshots(const Context& context) {
  SnapshotsOptions options;
  options.verify = context.arguments.has("--verify");
  const Result<SnapshotsReport> report = context.session.snapshots(options);
  return print(report, report && report->sound());
}

Result<int> restore(const Context& context) {
  RestoreOptions options;
  options.source = context.arguments.word(0);
  BELAY_TRY(agree(context, "Replace the content of the database by that of " + options.source +
                               "? A rollback brings back what is there now."));
  return print(context.session.restore(options));
}

Result<int> fresh(const Context& context) {
  BELAY_TRY(agree(context, "Empty " + context.session.options().database_url +
                               " and apply all migrations to it? A rollback can undo it."));
  const Result<StatusReport> status = context.session.status(context.migrations);
  if (!status) return status.error();
  if (status->phase != SessionPhase::kOpen) {
    const Result<BeginReport> begun = context.session.begin();
    if (!begun) return begun.error();
  }
  const Result<ReplaceReport> cleared = context.session.clear();
  if (!cleared) return cleared.error();
  return print_run(context.session.apply(context.migrations, {}));
}

Result<int> doctor(const Context& context) {
  const Result<DiagnosisReport> report = context.session.diagnose();
  return print(report, report && report->sound());
}

std::vector<Command> make_commands() {
  return {
      {"list", "", "the migrations in this program", {}, list},
      {"begin", "", "take a snapshot and open a session", {}, begin},
      {"apply",
       "",
       "run what is pending",
       {{"--to", "VERSION", "the last one to run"},
        kSteps,
        {"--dry-run", "", "in a transaction that is taken back"},
        {"--rollback-on-failure", "", "roll the session back where one fails"},
        kUnguarded,
        kYes},
       apply},
      {"commit",
       "",
       "keep what was done, drop the snapshot",
       {{"--keep-snapshot", "", "leave it where it is"},
        {"--accept-partial", "", "although a migration is applied in part"},
        kYes},
       commit},
      {"rollback",
       "",
       "bring back what was there at the begin",
       {{"--discard-foreign-writes", "", "although others have written since"}, kYes},
       rollback},
      {"status",
       "",
       "where things stand",
       {{"--verify-snapshot", "", "read the whole snapshot"}},
       status},
      {"plan", "", "what an apply would do", {}, plan},
      {"pending", "", "what the database has not seen", {}, pending},
      {"down",
       "",
       "take back the newest",
       {{"--to", "VERSION", "the newest that stays; 0: none does"},
        kSteps,
        kConfirm,
        {"--dry-run", "", "show the plan"},
        kUnguarded,
        kYes},
       down},
      {"redo", "", "take back the newest and apply them again", {kSteps, kConfirm}, redo},
      {"history", "", "what happened", {}, history},
      {"show", "VERSION", "one migration", {}, show},
      {"check", "", "damage, references, rows", {{"--quick", "", "without damage"}}, check},
      {"verify-schema", "", "compare it with what the last run left", {}, verify_schema},
      {"baseline", "VERSION", "mark all up to this one as applied", {}, baseline},
      {"repair",
       "",
       "put the ledger right",
       {{"--mark-applied", "VERSION", "may be repeated"},
        {"--mark-pending", "VERSION", "may be repeated"},
        {"--accept-checksum", "VERSION", "may be repeated"},
        kYes},
       repair},
      {"adopt",
       "",
       "take over what another tool has applied",
       {{"--tool", "NAME", "whose table is read"}, {"--dry-run", "", "only say what"}},
       adopt},
      {"snapshots", "", "those that are there", {{"--verify", "", "read them"}}, snapshots},
      {"restore", "SOURCE", "bring back a snapshot or a file, in a session", {kYes}, restore},
      {"fresh", "", "empty the database and apply all, in a session", {kYes}, fresh},
      {"doctor", "", "whether sessions can work here", {}, doctor},
  };
}

}  // namespace

std::span<const Command> all_commands() {
  static const std::vector<Command> commands = make_commands();
  return commands;
}

}  // namespace belay::runner

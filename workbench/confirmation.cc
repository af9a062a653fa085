// Development is for trying things out: the snapshot brings them back, and nobody is asked. Where
// others' data is at stake a person confirms what will be lost, by yes on staging, and in
// production by typing the database's name, which no habit and no script does by accident. A script
// on production says two things, since one flag is easily copied from elsewhere. Where nobody can
// be asked and too little was said, nothing runs.
#include "workbench/confirmation.h"

#include <algorithm>

#include "analyzer/rollback/risk.h"

namespace belay::workbench {
namespace {

using How = Confirmation::How;
using project::ConfirmWhen;
using project::EnvironmentKind;

std::string place_of(const RunFacts& run, EnvironmentKind kind) {
  std::string out = run.url + " (";
  if (!run.environment.empty() && run.environment != project::environment_kind_name(kind)) {
    out += run.environment + ", ";
  }
  return out + std::string(project::environment_kind_name(kind)) + ")";
}

std::string about(const RunFacts& run, EnvironmentKind kind) {
  std::string out = "`" + run.command + "` on " + place_of(run, kind);
  if (run.losses.empty()) {
    out += " changes the database.";
  } else {
    out += " will lose:";
    constexpr size_t kMost = 12;
    for (size_t i = 0; i < run.losses.size() && i < kMost; ++i) out += "\n  " + run.losses[i];
    if (run.losses.size() > kMost) {
      out += "\n  and " + std::to_string(run.losses.size() - kMost) + " more";
    }
  }
  if (!run.guarded) out += "\nThere is no snapshot: what goes wrong cannot be taken back.";
  return out + "\n";
}

std::string listed_briefly(const std::vector<std::string>& losses) {
  constexpr size_t kMost = 3;
  std::string out;
  for (size_t i = 0; i < losses.size() && i < kMost; ++i) out += (i > 0 ? ", " : "") + losses[i];
  if (losses.size() > kMost) out += " and " + std::to_string(losses.size() - kMost) + " more";
  return out;
}

/// Whether anything about the run has to be confirmed.
bool is_serious(const RunFacts& run, EnvironmentKind kind) {
  const bool production = kind == EnvironmentKind::kProduction;
  ConfirmWhen when = run.confirm;
  if (production && when == ConfirmWhen::kNever) when = ConfirmWhen::kDataLoss;
  if (!run.guarded || when == ConfirmWhen::kAlways) return true;
  return when == ConfirmWhen::kDataLoss && !run.losses.empty();
}

Confirmation refused(std::string message, std::string hint) {
  Confirmation out;
  out.how = How::kRefused;
  out.refusal = {std::move(message), "", std::move(hint)};
  return out;
}

Confirmation in_production(const RunFacts& run, const Permission& permission, bool serious) {
  // Without a person even a run that loses nothing is started on purpose only.
  if (permission.yes && permission.production) return {};
  if (!permission.can_answer) {
    const std::string missing = permission.yes          ? "--production"
                                : permission.production ? "--yes"
                                                        : "--yes --production";
    return refused("nothing was run: " + place_of(run, EnvironmentKind::kProduction) +
                       " is production, and nobody can be asked here",
                   "a script gives `--yes --production`, both of them; missing: " + missing);
  }
  if (!serious) return {};
  Confirmation out;
  out.how = How::kTypeName;
  out.expected = run.database_name;
  out.about = about(run, EnvironmentKind::kProduction);
  out.question = out.about + "Type the name of the database, " + run.database_name + ", to go on: ";
  return out;
}

}  // namespace

Confirmation confirmation_for(const RunFacts& run, const Permission& permission) {
  const EnvironmentKind kind = permission.production ? EnvironmentKind::kProduction : run.kind;
  const bool serious = is_serious(run, kind);
  if (kind == EnvironmentKind::kProduction) return in_production(run, permission, serious);
  if (!serious || permission.yes) return {};
  if (!permission.can_answer) {
    std::string what = "`" + run.command + "` on " + place_of(run, kind) +
                       (run.guarded ? "" : " without a snapshot") + " has to be confirmed";
    if (!run.losses.empty()) what += ", because it will lose " + listed_briefly(run.losses);
    return refused("nothing was run: " + what + "; nobody can be asked here",
                   "pass --yes where no person can be asked");
  }
  Confirmation out;
  out.how = How::kYes;
  out.about = about(run, kind);
  out.question = out.about + "Go on?";
  return out;
}

RunFacts facts_of(const SessionTarget& target, std::string command) {
  RunFacts out;
  out.command = std::move(command);
  out.url = target.url;
  out.database_name = target.database_name;
  out.environment = target.environment;
  out.kind = target.kind;
  out.confirm = target.confirm;
  return out;
}

RunFacts apply_facts(const SessionTarget& target, const runtime::StatusReport& status,
                     const ApplyRequest& request) {
  RunFacts out = facts_of(target, "apply");
  out.guarded = !request.allow_unguarded;
  out.losses = losses_of(target, wanted_of(target, status.pending_migrations, request));
  return out;
}

RunFacts rollback_facts(const SessionTarget& target, const Result<runtime::StatusReport>& status) {
  RunFacts out = facts_of(target, "rollback");
  if (!status) {
    out.losses.emplace_back("perhaps something: the database's state is not known");
    return out;
  }
  const runtime::ForeignWrites& writes = status->foreign_writes;
  if (writes.certainty == runtime::ForeignWrites::Certainty::kNone) return out;
  out.losses.emplace_back("what others wrote since the begin");
  out.losses.insert(out.losses.end(), writes.details.begin(), writes.details.end());
  return out;
}

RunFacts down_facts(const SessionTarget& target, std::string command,
                    const runtime::DownPlanReport& plan) {
  RunFacts out = facts_of(target, std::move(command));
  for (const runtime::DownItem& item : plan.items) {
    if (!item.needs_confirmation) continue;
    for (const std::string& lost : item.lost) {
      out.losses.push_back(lost + " (" + item.display_name + ")");
    }
    if (item.lost.empty()) out.losses.push_back(item.display_name + ": " + item.reason);
  }
  return out;
}

/// What is there goes to the session's snapshot, so that little is lost; but an application that
/// runs sees other data from one moment to the next.
RunFacts restore_facts(const SessionTarget& target) {
  RunFacts out = facts_of(target, "restore");
  out.losses.emplace_back("all that is in the database, until a rollback");
  return out;
}

std::vector<std::string> losses_of(const SessionTarget& target,
                                   const std::vector<std::string>& migrations) {
  std::vector<std::string> out;
  const auto add = [&](std::string text) {
    if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
  };
  for (const std::string& id : migrations) {
    const AnalyzedMigration* analysis = analysis_of(target, id);
    if (analysis == nullptr || !analysis->up) {
      add("perhaps something: " + id + " was not analysed");
      continue;
    }
    for (const rules::ScriptTrace::Step& step : analysis->up->result->trace.steps) {
      for (const rollback::DataLoss& loss : step.losses) add(loss.to_string() + " (" + id + ")");
    }
    if (greatest_risk(*analysis->up) == rollback::Risk::kUnknown) {
      add("perhaps something: what " + id + " does is decided only as it runs");
    }
  }
  return out;
}

std::vector<std::string> wanted_of(const SessionTarget& target,
                                   const std::vector<std::string>& pending,
                                   const ApplyRequest& request) {
  std::vector<std::string> out;
  for (const runtime::MigrationScript& migration : target.migrations) {
    const std::string name = migration.display_name();
    if (std::find(pending.begin(), pending.end(), name) != pending.end()) out.push_back(name);
    if (!request.to.empty() && (migration.version == request.to || name == request.to)) break;
  }
  if (request.limit != 0 && out.size() > request.limit) out.resize(request.limit);
  return out;
}

}  // namespace belay::workbench

#include <iostream>

#include "cli/report/session_json.h"
#include "cli/session_support.h"
#include "workbench/upkeep.h"

namespace belay::cli {
namespace {

/// In the session that stays open, unless it is to be committed at once.
int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  const Result<void> possible = workbench::check_fresh(*target);
  if (!possible) return fail(possible.error(), kFindings);
  if (!arguments.has("--yes") &&
      !confirm("Empty " + target->url +
               " and apply all migrations to it? A rollback can undo it.")) {
    return fail({"nothing was changed: it was not confirmed", "",
                 "answer yes, or pass --yes where no person can be asked"},
                kFindings);
  }
  const Result<workbench::Fresh> fresh = workbench::fresh(*target);
  clear_progress();
  if (!fresh) return fail(fresh.error(), kFindings);
  const runtime::ApplyReport& applied = fresh->applied;
  const bool well = !applied.failed && !applied.cancelled;
  const bool json = wants_json(arguments);
  if (json) {
    Json out = {{"database", target->url}, {"session", fresh->session}};
    out.update(run_json(applied));
    print_json(out);
  } else {
    print_report(applied);
  }
  if (!well) return kFindings;
  if (!arguments.has("--commit")) return kClean;
  const Result<runtime::CommitReport> committed = workbench::commit(*target);
  if (!committed) return fail(committed.error(), kFindings);
  if (!json) print_report(*committed);
  return kClean;
}

}  // namespace

Command fresh_command() {
  std::vector<OptionSpec> options = session_options();
  options.push_back({"--yes", "Do not ask"});
  options.push_back({"--commit", "Commit at once where all migrations were applied"});
  options.push_back(format_option());
  return {"fresh",
          "In development: empty the database and apply all migrations, within a session that can "
          "take it back",
          std::move(options), run};
}

}  // namespace belay::cli

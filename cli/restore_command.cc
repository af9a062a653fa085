#include "cli/report/session_json.h"
#include "cli/session_support.h"
#include "workbench/upkeep.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;

Result<void> confirm_restore(const Arguments& arguments, const workbench::SessionTarget& target,
                             const std::string& source) {
  if (may_have_to_confirm(arguments, target)) {
    return confirm_run(arguments, workbench::restore_facts(target));
  }
  if (arguments.has("--yes") || confirm("Replace all that is in " + target.url + " by " + source +
                                        "? A rollback can undo it.")) {
    return {};
  }
  return Error{"nothing was restored: it was not confirmed", "",
               "answer yes, or pass --yes where no person can be asked"};
}

int run(const Arguments& arguments) {
  const std::string source = arguments.value("source");
  if (source.empty()) {
    return fail({"nothing was named to restore from", "",
                 "`belay restore SOURCE` takes a kept snapshot, by its session, or a file"},
                kUsage);
  }
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  const Result<void> confirmed = confirm_restore(arguments, *target, source);
  if (!confirmed) return fail(confirmed.error(), kFindings);
  const Result<runtime::ReplaceReport> report = workbench::restore(*target, source);
  clear_progress();
  if (!report) return fail(report.error(), kFindings);
  if (!wants_json(arguments)) {
    print_report(*report);
    return kClean;
  }
  Json out = {
      {"database", target->url},  {"session", report->session},
      {"source", report->source}, {"tables", report->tables},
      {"rows", report->rows},     {"foreign_writes", foreign_writes_json(report->foreign_writes)}};
  add_report(out, *report);
  print_json(out);
  return kClean;
}

}  // namespace

Command restore_command() {
  std::vector<OptionSpec> options = with_permission(session_options());
  options.insert(options.begin(),
                 {"source",
                  "The session of a kept snapshot, or a file: a SQLite database, or an archive of "
                  "pg_dump",
                  Kind::kValue});
  options.push_back(format_option());
  return {"restore", "Replace the database's content within a session that can take it back",
          std::move(options), run};
}

}  // namespace belay::cli

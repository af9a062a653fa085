#include "cli/report/session_json.h"
#include "cli/session_support.h"
#include "workbench/upkeep.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;

int run(const Arguments& arguments) {
  const std::string version = arguments.value("version");
  if (version.empty()) {
    return fail({"no version was named", "",
                 "`belay baseline VERSION` marks it and all before it as applied"},
                kUsage);
  }
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  const bool agreed =
      arguments.has("--yes") || confirm("Mark the migrations up to " + version + " as applied to " +
                                        target->url + ", without running them?");
  if (!agreed) {
    return fail({"nothing was marked: it was not confirmed", "",
                 "answer yes, or pass --yes where no person can be asked"},
                kFindings);
  }
  const Result<runtime::BaselineReport> report = workbench::baseline(*target, version);
  if (!report) return fail(report.error(), kFindings);
  if (!wants_json(arguments)) {
    print_report(*report);
    return kClean;
  }
  Json out = {{"database", target->url}, {"marked", report->marked}, {"known", report->known}};
  add_report(out, *report);
  print_json(out);
  return kClean;
}

}  // namespace

Command baseline_command() {
  std::vector<OptionSpec> options = session_options();
  options.insert(options.begin(),
                 {"version", "The last version that the database has already", Kind::kValue});
  options.push_back({"--yes", "Do not ask"});
  options.push_back(format_option());
  return {"baseline",
          "Mark the migrations up to a version, it included, as applied without running them",
          std::move(options), run};
}

}  // namespace belay::cli

#include "analyzer/project/duration.h"
#include "cli/report/session_json.h"
#include "cli/session_support.h"
#include "workbench/upkeep.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;

Json json_of(const workbench::SessionTarget& target, const runtime::SnapshotsReport& report) {
  Json snapshots = Json::array();
  for (const runtime::StoredSnapshot& snapshot : report.snapshots) {
    Json one = {{"session", snapshot.session},
                {"taken_at", text_or_null(snapshot.taken_at)},
                {"state", runtime::stored_state_name(snapshot.state)},
                {"guard", runtime::guard_name(snapshot.guard)},
                {"problem", text_or_null(snapshot.problem)}};
    one.update(snapshot_json(snapshot.info));
    snapshots.push_back(std::move(one));
  }
  Json out = {{"database", target.url},
              {"sound", report.sound()},
              {"snapshots", std::move(snapshots)},
              {"removed", report.removed},
              {"bytes_freed", report.bytes_freed}};
  add_report(out, report);
  return out;
}

Result<runtime::SnapshotsReport> prune(const Arguments& arguments,
                                       const workbench::SessionTarget& target) {
  runtime::PruneOptions options;
  options.sessions = arguments.values("--drop");
  Result<size_t> keep = count_of(arguments, "--keep", 1);
  if (!keep) return std::move(keep).error();
  options.keep = *keep;
  if (arguments.has("--older-than")) {
    const std::string age = arguments.value("--older-than");
    options.older_than = project::parse_duration(age);
    if (!options.older_than) {
      return Error{"`" + age + "` is no age", "--older-than", "write 12h or 30d"};
    }
  }
  const bool agreed = options.sessions.empty() || arguments.has("--yes") ||
                      confirm("Remove " + std::to_string(options.sessions.size()) +
                              " of the snapshots for good? What they hold cannot be brought back.");
  if (!agreed) {
    return Error{"nothing was removed: it was not confirmed", "",
                 "answer yes, or pass --yes where no person can be asked"};
  }
  return workbench::prune_snapshots(target, options);
}

int run(const Arguments& arguments) {
  Result<workbench::SessionTarget> target = session_target(arguments);
  if (!target) return fail(target.error(), kUsage);
  const bool pruning = arguments.has("--prune") || arguments.has("--drop");
  const Result<runtime::SnapshotsReport> report =
      pruning ? prune(arguments, *target)
              : workbench::snapshots(*target, arguments.has("--verify"));
  clear_progress();
  if (!report) return fail(report.error(), kFindings);
  if (wants_json(arguments)) {
    print_json(json_of(*target, *report));
  } else {
    print_report(*report);
  }
  return report->sound() ? kClean : kFindings;
}

}  // namespace

Command snapshots_command() {
  std::vector<OptionSpec> options = session_options();
  options.push_back({"--verify", "Read every one whole and compare it with its manifest"});
  options.push_back({"--prune", "Remove all but the newest good ones"});
  options.push_back({"--keep", "With --prune: how many stay", Kind::kValue, "1"});
  options.push_back(
      {"--older-than", "With --prune: only those that are older than 12h, 30d", Kind::kValue});
  options.push_back({"--drop",
                     "Remove the snapshot of this session, also where it is the last "
                     "one; may be given again",
                     Kind::kRepeated});
  options.push_back({"--yes", "Do not ask"});
  options.push_back(format_option());
  return {"snapshots", "List the snapshots that are kept, verify them, remove old ones",
          std::move(options), run};
}

}  // namespace belay::cli

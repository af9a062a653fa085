#include "runtime/session/snapshots.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "runtime/io/clock.h"
#include "runtime/io/durable_file.h"
#include "runtime/session/look.h"
#include "runtime/session/words.h"
#include "support/ascii.h"
#include "support/contains.h"
#include "support/file_system.h"

namespace belay::runtime {
namespace {

using State = StoredSnapshot::State;

/// A snapshot and what its manifest says; none for an unfinished one.
struct Found {
  StoredSnapshot snapshot;
  Manifest manifest;
};

/// `20260131T120000Z-1a2b.db.partial` belongs to the session before the first dot. Empty for what
/// is not Belay's.
std::string session_of(const std::string& file) {
  return is_session_id(file) ? file.substr(0, file.find('.')) : "";
}

Result<std::vector<std::string>> files_of(const StateDirectory& files) {
  std::vector<std::string> out;
  if (!file_exists(files.snapshots())) return out;
  std::error_code error;
  for (std::filesystem::directory_iterator it(files.snapshots(), error), end; !error && it != end;
       it.increment(error)) {
    out.push_back(it->path().filename().string());
  }
  if (error) return file_error("cannot list the snapshots", files.snapshots(), error.value());
  return out;
}

/// What lies in the state directory, the newest first: sessions are named after their time.
Result<std::vector<Found>> find_snapshots(const Target& target, const std::string& session_in_use) {
  Result<std::vector<std::string>> names = files_of(target.files);
  if (!names) return std::move(names).error();
  std::map<std::string, Found, std::greater<>> found;
  for (const std::string& name : *names) {
    const std::string session = session_of(name);
    if (session.empty()) continue;
    Found& one = found[session];
    one.snapshot.session = session;
    if (name != session + ".json") {
      one.snapshot.info.bytes += file_size(target.files.snapshots() + "/" + name);
    }
  }
  std::vector<Found> out;
  for (auto& [session, one] : found) {
    StoredSnapshot& snapshot = one.snapshot;
    const std::string path = target.files.snapshot(session).manifest();
    if (file_exists(path)) {
      Result<Manifest> manifest = read_manifest(path);
      if (manifest) {
        one.manifest = *std::move(manifest);
        snapshot.taken_at = one.manifest.taken_at;
        snapshot.guard = one.manifest.guard;
        snapshot.info = one.manifest.info();
      } else {
        snapshot.state = State::kDamaged;
        snapshot.problem = manifest.error().to_string();
      }
    } else {
      snapshot.state = State::kUnfinished;
      snapshot.problem = "it was never finished";
    }
    if (session == session_in_use) snapshot.state = State::kInUse;
    out.push_back(std::move(one));
  }
  // Several in one second have names in no order.
  std::stable_sort(out.begin(), out.end(), [](const Found& a, const Found& b) {
    return a.snapshot.taken_at > b.snapshot.taken_at;
  });
  return out;
}

void check_snapshot(const Target& target, bool thorough, Found& one) {
  StoredSnapshot& snapshot = one.snapshot;
  if (snapshot.state == State::kUnfinished || !snapshot.problem.empty()) return;
  const std::unique_ptr<SnapshotStrategy> strategy = target.driver->strategy(one.manifest.strategy);
  const SnapshotPlace place = target.files.snapshot(snapshot.session);
  const Result<void> checked =
      strategy != nullptr ? strategy->check(place, one.manifest, thorough)
                          : Result<void>(Error{"it was taken in a way that this Belay does not "
                                               "know: " +
                                                   one.manifest.strategy,
                                               place.manifest(), ""});
  snapshot.info.present = checked.ok();
  snapshot.info.verified = checked.ok() && thorough;
  if (checked) return;
  snapshot.problem = checked.error().to_string();
  if (snapshot.state == State::kKept) snapshot.state = State::kDamaged;
}

std::string describe(const StoredSnapshot& snapshot) {
  if (!snapshot.problem.empty()) return snapshot.problem;
  std::string out = "taken " + age_of(snapshot.taken_at) + ", " +
                    (snapshot.guard == Guard::kDatabase ? "of the whole database" : "of tables");
  if (snapshot.state == State::kInUse) out += ", in use by the session that is open";
  if (snapshot.info.verified) out += ", verified just now";
  return out + "\n" + describe(snapshot.info);
}

void tell(SnapshotsReport& report) {
  uint64_t bytes = 0;
  for (const StoredSnapshot& snapshot : report.snapshots) {
    bytes += snapshot.info.bytes;
    report.facts.push_back({snapshot.session, describe(snapshot)});
    if (snapshot.state == State::kUnfinished) {
      report.notes.push_back(snapshot.session +
                             " is left of a command that did not come to its "
                             "end; pruning removes it");
    }
  }
  report.headline = report.snapshots.empty()
                        ? "No snapshots are kept"
                        : counted(report.snapshots.size(), "snapshot") + ", " +
                              file_size_text(bytes) +
                              (report.sound() ? "" : "; not all of them can be used");
}

/// Removes one that no session needs.
Result<void> remove(const Target& target, const Found& one, SnapshotsReport& report) {
  const SnapshotPlace place = target.files.snapshot(one.snapshot.session);
  std::unique_ptr<SnapshotStrategy> strategy = target.driver->strategy(one.manifest.strategy);
  // What has no manifest is files alone.
  if (strategy == nullptr) strategy = target.driver->file_strategy();
  BELAY_TRY(strategy->discard(place));
  report.removed.push_back(one.snapshot.session);
  report.bytes_freed += one.snapshot.info.bytes;
  return {};
}

Result<std::vector<Found>> named(std::vector<Found> all, const std::vector<std::string>& sessions,
                                 const Command& command) {
  for (const std::string& session : sessions) {
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const Found& one) { return one.snapshot.session == session; });
    if (found == all.end()) {
      return Error{"there is no snapshot of a session `" + session + "`; none was removed",
                   command.files().snapshots(), ""};
    }
    if (found->snapshot.state == State::kInUse) {
      return command.refuse("the session that is open needs its snapshot; none was removed",
                            "end the session, and it goes with it");
    }
  }
  std::erase_if(all, [&](const Found& one) { return !contains(sessions, one.snapshot.session); });
  return all;
}

/// All but the newest good ones, and none that is too young.
std::vector<Found> superfluous(std::vector<Found> all, const PruneOptions& options,
                               const Target& target) {
  std::vector<Found> out;
  size_t good = 0;
  for (Found& one : all) {
    if (one.snapshot.state == State::kInUse) continue;
    if (one.snapshot.state != State::kUnfinished && good < std::max<size_t>(options.keep, 1)) {
      check_snapshot(target, /*thorough=*/true, one);
      if (one.snapshot.state == State::kKept) ++good;
      continue;
    }
    const std::optional<int64_t> age = seconds_since(one.snapshot.taken_at);
    if (options.older_than && age && *age < options.older_than->count()) continue;
    out.push_back(std::move(one));
  }
  return out;
}

Result<SnapshotsReport> list_snapshots(const Target& target, const std::string& session_in_use,
                                       const SessionOptions& options, bool verify) {
  Result<std::vector<Found>> all = find_snapshots(target, session_in_use);
  if (!all) return std::move(all).error();
  SnapshotsReport report;
  for (Found& one : *all) {
    if (options.cancellation.cancelled()) return Error{"cancelled", "", ""};
    if (options.progress && verify) {
      options.progress({Stage::kVerifying, one.snapshot.session, 0, 0});
    }
    check_snapshot(target, verify, one);
    report.snapshots.push_back(std::move(one.snapshot));
  }
  tell(report);
  return report;
}

}  // namespace

std::string_view stored_state_name(State state) {
  switch (state) {
    case State::kInUse: return "in-use";
    case State::kKept: return "kept";
    case State::kDamaged: return "damaged";
    case State::kUnfinished: return "unfinished";
  }
  return "";
}

bool SnapshotsReport::sound() const {
  return std::all_of(snapshots.begin(), snapshots.end(), [](const StoredSnapshot& snapshot) {
    return snapshot.problem.empty() || snapshot.state == State::kUnfinished;
  });
}

Result<SnapshotsReport> prune_snapshots(const Command& command, const PruneOptions& options) {
  const Target& target = command.target();
  Result<std::vector<Found>> all = find_snapshots(target, command.state().id);
  if (!all) return std::move(all).error();
  Result<std::vector<Found>> chosen = options.sessions.empty()
                                          ? superfluous(*all, options, target)
                                          : named(*all, options.sessions, command);
  if (!chosen) return std::move(chosen).error();
  SnapshotsReport report;
  for (const Found& one : *chosen) BELAY_TRY(remove(target, one, report));
  for (Found& one : *all) {
    if (contains(report.removed, one.snapshot.session)) continue;
    check_snapshot(target, /*thorough=*/false, one);
    report.snapshots.push_back(std::move(one.snapshot));
  }
  if (report.removed.empty()) {
    report.headline = "No snapshot had to go";
  } else {
    report.headline = counted(report.removed.size(), "snapshot") + " removed, " +
                      file_size_text(report.bytes_freed) + " free again";
    report.facts.push_back({"Removed", listed(report.removed)});
  }
  for (const StoredSnapshot& snapshot : report.snapshots) {
    report.facts.push_back({snapshot.session, describe(snapshot)});
  }
  return report;
}

Result<SnapshotsReport> Session::snapshots(const SnapshotsOptions& snapshots_options) const {
  if (!snapshots_options.verify) {
    Result<Target> target = find_target(options_);
    if (!target) return std::move(target).error();
    Result<SessionState> state = state_of(target->files);
    if (!state) return std::move(state).error();
    return list_snapshots(*target, state->id, options_, /*verify=*/false);
  }
  // What is looked at for a while must not be used up, or dropped, by somebody else meanwhile.
  Result<std::unique_ptr<Command>> opened = Command::open(options_, "snapshots", /*create=*/false);
  if (!opened) return std::move(opened).error();
  return list_snapshots((*opened)->target(), (*opened)->state().id, options_, /*verify=*/true);
}

Result<SnapshotsReport> Session::prune_snapshots(const PruneOptions& prune_options) const {
  Result<std::unique_ptr<Command>> opened = Command::open(options_, "snapshots", /*create=*/false);
  if (!opened) return std::move(opened).error();
  Result<SnapshotsReport> report = runtime::prune_snapshots(**opened, prune_options);
  if (report) (*opened)->report_to(*report);
  return report;
}

}  // namespace belay::runtime

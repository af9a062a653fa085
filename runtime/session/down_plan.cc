// Going back is decided whole before anything runs, because half of a way back is no way back: each
// of the migrations has a down that can be run, is not too old, and loses nothing that nobody has
// agreed to lose. What the caller knows of a down is believed as far as it goes; whether tables
// hold rows that would go is looked up now.
#include "runtime/session/down_plan.h"

#include <algorithm>
#include <set>
#include <utility>

#include "runtime/checksums.h"
#include "runtime/io/clock.h"
#include "runtime/session/apply_plan.h"
#include "runtime/session/words.h"
#include "support/ascii.h"

namespace belay::runtime {
namespace {

using Verdict = DownAdvice::Verdict;

std::string duration_text(int64_t milliseconds) {
  constexpr int64_t kSecond = 1000;
  constexpr int64_t kMinute = 60 * kSecond;
  if (milliseconds < kSecond) return std::to_string(milliseconds) + " ms";
  if (milliseconds < 2 * kMinute) return std::to_string(milliseconds / kSecond) + " s";
  return std::to_string(milliseconds / kMinute) + " minutes";
}

class Planner {
 public:
  Planner(const DownInput& input, const DownOptions& options) : input_(input), options_(options) {}

  Result<DownPlan> plan() {
    BELAY_TRY(check_list(input_.migrations));
    BELAY_TRY(check_half_applied());
    find_applied();
    Result<size_t> count = how_many();
    if (!count) return std::move(count).error();
    if (*count < applied_.size()) plan_.stays = name_of(*applied_[*count]);
    for (size_t i = 0; i < *count; ++i) BELAY_TRY(add(*applied_[i]));
    return std::move(plan_);
  }

 private:
  const MigrationScript* script_of(const LedgerEntry& entry) const {
    return find_migration(input_.migrations, entry);
  }

  std::string name_of(const LedgerEntry& entry) const {
    return display_name_of(input_.migrations, entry);
  }

  bool is_ours(const LedgerEntry& entry) const {
    return std::any_of(
        input_.migrations.begin(), input_.migrations.end(),
        [&](const MigrationScript& migration) { return migration.history == entry.history; });
  }

  Result<void> check_half_applied() const {
    for (const LedgerEntry& entry : input_.ledger) {
      if (!is_ours(entry) || !is_half(entry) || direction_of(entry) == Direction::kDown) continue;
      return Error{name_of(entry) + " is applied in part: " + how_far(entry) +
                       " have run; nothing was taken back",
                   "",
                   "finish it with `" + input_.program + " apply`, or tell with `" +
                       input_.program + " repair` how far it is"};
    }
    return {};
  }

  /// The newest first.
  void find_applied() {
    for (const LedgerEntry& entry : input_.ledger) {
      if (!is_ours(entry)) continue;
      if (is_applied(&entry) || is_half(entry)) applied_.push_back(&entry);
    }
    std::stable_sort(
        applied_.begin(), applied_.end(),
        [](const LedgerEntry* a, const LedgerEntry* b) { return a->position > b->position; });
    for (const MigrationScript& migration : input_.migrations) {
      const LedgerEntry* entry = find_entry(input_.ledger, migration.history, migration.version);
      if (!is_applied(entry)) ++plan_.pending;
    }
  }

  Result<size_t> how_many() const {
    if (!options_.to.empty()) return down_to();
    if (options_.steps == 0) {
      return Error{"0 steps take nothing back", "", "name 1 or more"};
    }
    if (options_.steps > applied_.size()) {
      return Error{
          counted(options_.steps, "step") + " cannot be taken back: " +
              (applied_.empty() ? std::string("nothing is applied")
                                : "only " + counted(applied_.size(), "migration") +
                                      (applied_.size() == 1 ? " is" : " are") + " applied"),
          "", applied_.empty() ? "" : "`--to 0` takes back all of them"};
    }
    return options_.steps;
  }

  Result<size_t> down_to() const {
    const auto script = std::find_if(
        input_.migrations.begin(), input_.migrations.end(),
        [&](const MigrationScript& migration) { return migration.is_called(options_.to); });
    if (script == input_.migrations.end()) {
      if (options_.to == "0") return applied_.size();
      return Error{"there is no migration `" + options_.to + "`; nothing was taken back", "",
                   "name the version that is to stay, or 0 to take back all"};
    }
    for (size_t i = 0; i < applied_.size(); ++i) {
      if (script_of(*applied_[i]) == &*script) return i;
    }
    return Error{script->display_name() + " is not applied, so it cannot be what stays", "",
                 "name the newest version that is to stay, or 0 to take back all"};
  }

  Result<void> add(const LedgerEntry& entry) {
    const MigrationScript* script = script_of(entry);
    if (script == nullptr) {
      return Error{entry_name(entry) +
                       " is applied, but is not among the migrations; nothing was taken back",
                   "", "bring its file back"};
    }
    BELAY_TRY(check_possible(*script));
    BELAY_TRY(check_window(*script, entry));
    Result<MigrationJob> job = plan_job(input_.driver, *script, Direction::kDown);
    if (!job) return std::move(job).error();
    BELAY_TRY(resume_job(entry, *job));
    job->applied = entry;
    plan_.items.push_back(item_of(*script, entry, *job));
    plan_.jobs.push_back(*std::move(job));
    return {};
  }

  Result<void> check_possible(const MigrationScript& script) const {
    const bool fails = script.down_advice.verdict == Verdict::kFails;
    if (script.down && !fails) return {};
    std::string hint = "go forward instead: `" + input_.program +
                       " new NAME` makes a migration that undoes what is not wanted";
    if (!script.down && !script.up.path.empty() && !script.up.is_program()) {
      hint += "; or write its down: `" + input_.program + " generate-down " + script.up.path + "`";
    }
    return Error{
        script.display_name() + " cannot be taken back: " +
            (script.down ? "its down fails, " + script.down_advice.reason : "it has no down") +
            "; nothing was taken back",
        script.down ? script.down->path : script.up.path, hint};
  }

  Result<void> check_window(const MigrationScript& script, const LedgerEntry& entry) const {
    if (!options_.window) return {};
    const std::optional<int64_t> age = seconds_since(entry.applied_at);
    constexpr int64_t kSkew = 300;  // clocks of two hosts
    if (age && *age >= -kSkew && *age <= options_.window->count()) return {};
    return Error{script.display_name() + " was applied " + age_of(entry.applied_at) +
                     ", longer ago than the rollback window of " +
                     counted(static_cast<uint64_t>(options_.window->count()), "second") +
                     "; nothing was taken back",
                 "",
                 "what was written since relies on it: go forward with `" + input_.program +
                     " new NAME`; or pass --beyond-window"};
  }

  DownItem item_of(const MigrationScript& script, const LedgerEntry& entry,
                   const MigrationJob& job) const {
    DownItem item;
    item.history = script.history;
    item.version = script.version;
    item.name = script.name;
    item.display_name = script.display_name();
    item.applied_at = entry.applied_at;
    item.verdict = script.down_advice.verdict;
    item.reason = script.down_advice.reason;
    item.risk = script.down_advice.risk;
    if (text_change(entry, script, input_.driver.url().engine) == TextChange::kStatements) {
      item.verdict = Verdict::kUnknown;
      item.reason = "its up was edited since it was applied, so that nothing is known of its down";
    }
    for (const DownLoss& loss : script.down_advice.losses) {
      if (is_lost_now(loss)) item.lost.push_back(loss.what);
    }
    item.needs_confirmation = item.verdict != Verdict::kExact || !item.lost.empty();
    item.in_transaction = job.plan.one_transaction;
    item.statements = job.plan.size();
    item.resume_at = job.resume_at;
    if (entry.statements > 0) item.up_duration_ms = entry.duration_ms;
    return item;
  }

  /// A new table without rows is nothing that anybody has written.
  bool is_lost_now(const DownLoss& loss) const {
    if (!loss.written_since || loss.table.empty()) return true;
    const std::string wanted = ascii::lower(loss.table);
    bool known = false;
    for (const auto& [table, rows] : input_.rows) {
      const std::string name = ascii::lower(table);
      if (name != wanted && !name.ends_with("." + wanted) && !wanted.ends_with("." + name))
        continue;
      if (rows > 0) return true;
      known = true;
    }
    return !known;
  }

  const DownInput& input_;
  const DownOptions& options_;
  std::vector<const LedgerEntry*> applied_;
  DownPlan plan_;
};

std::string what_it_makes(const DownItem& item) {
  switch (item.verdict) {
    case Verdict::kExact: return "brings back schema and data as they were";
    case Verdict::kLosesData: return "brings back the schema, but not all data";
    case Verdict::kDiffers: return "leaves another schema than there was";
    case Verdict::kFails: return "fails";
    case Verdict::kUnknown: break;
  }
  return "what it brings back is not known";
}

std::string describe(const DownItem& item) {
  std::string out = item.display_name + ", version " + item.version + ", risk " +
                    (item.risk.empty() ? "not known" : item.risk) + ", " +
                    counted(item.statements, "statement") +
                    (item.in_transaction ? "" : " one by one") + ", applied " +
                    age_of(item.applied_at) + "\n" + what_it_makes(item);
  if (item.verdict != Verdict::kExact && !item.reason.empty()) out += ": " + item.reason;
  if (!item.lost.empty()) out += "\nlost: " + listed(item.lost);
  if (item.resume_at > 0) {
    out += "\ngoes on behind its first " + counted(item.resume_at, "statement");
  }
  return out;
}

}  // namespace

Result<DownPlan> plan_down(const DownInput& input, const DownOptions& options) {
  return Planner(input, options).plan();
}

Result<void> check_confirmed(const DownPlan& plan, const DownOptions& options) {
  for (const DownItem& item : plan.items) {
    if (!item.needs_confirmation) continue;
    const bool confirmed = std::any_of(
        options.confirmed.begin(), options.confirmed.end(),
        [&](const std::string& name) { return name == item.version || name == item.display_name; });
    if (confirmed) continue;
    std::string message = item.display_name +
                          " has to be confirmed before it is taken back: its "
                          "down " +
                          what_it_makes(item);
    if (item.verdict != Verdict::kExact && !item.reason.empty()) message += ", " + item.reason;
    if (!item.lost.empty()) message += "; lost would be " + listed(item.lost);
    return Error{message + "; nothing was taken back", "",
                 "type its version where you are asked, or pass --confirm " + item.version};
  }
  return {};
}

std::optional<int64_t> estimated_duration(const DownPlan& plan) {
  int64_t sum = 0;
  for (const DownItem& item : plan.items) {
    if (!item.up_duration_ms) return std::nullopt;
    sum += *item.up_duration_ms;
  }
  return sum;
}

std::vector<Fact> describe(const DownPlan& plan) {
  std::vector<Fact> facts;
  facts.push_back({"Target", plan.stays.empty() ? "nothing stays applied"
                                                : plan.stays + ", which stays applied itself"});
  facts.push_back({"Taken back", counted(plan.items.size(), "migration")});
  const std::optional<int64_t> estimate = estimated_duration(plan);
  facts.push_back({"Estimated time", estimate
                                         ? duration_text(*estimate) + ", as long as their ups took"
                                         : "unknown"});
  std::vector<std::string> lost;
  bool sure = true;
  for (const DownItem& item : plan.items) {
    lost.insert(lost.end(), item.lost.begin(), item.lost.end());
    if (item.verdict != Verdict::kExact && item.lost.empty()) sure = false;
  }
  facts.push_back({"Data loss", !lost.empty() ? listed(lost) : sure ? "none" : "not known"});
  for (size_t i = 0; i < plan.items.size(); ++i) {
    facts.push_back({std::to_string(i + 1) + ".", describe(plan.items[i])});
  }
  return facts;
}

}  // namespace belay::runtime

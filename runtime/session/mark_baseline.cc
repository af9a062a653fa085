// A database that was there before Belay gets a ledger: the migrations that made it are marked as
// applied, and the schema of now is what they have left.
#include <algorithm>
#include <set>
#include <utility>

#include "runtime/checksums.h"
#include "runtime/io/clock.h"
#include "runtime/session/apply_plan.h"
#include "runtime/session/ledger_edit.h"
#include "runtime/session/words.h"

namespace belay::runtime {
namespace {

class Marking {
 public:
  Marking(Command& command, std::span<const MigrationScript> migrations, const std::string& version)
      : command_(command), migrations_(migrations), version_(version), batch_(command, options_) {}

  Result<BaselineReport> run() {
    BELAY_TRY(check_list(migrations_));
    BELAY_TRY(find_last());
    Result<std::vector<LedgerEntry>> ledger = batch_.look(migrations_);
    if (!ledger) return std::move(ledger).error();
    if (batch_.connection() == nullptr) {
      return command_.refuse("the database does not exist, so nothing is applied to it",
                             "check the URL");
    }
    BELAY_TRY(check_agreement(*ledger));
    Result<std::string> fingerprint = command_.driver().schema_fingerprint(*batch_.connection());
    if (!fingerprint) return std::move(fingerprint).error();
    std::vector<RowEdit> edits = edits_for(*ledger, *fingerprint);
    if (!edits.empty()) BELAY_TRY(edit_ledger(command_, batch_, std::move(edits)));
    tell();
    return std::move(report_);
  }

 private:
  Result<void> find_last() {
    for (size_t i = 0; i < migrations_.size(); ++i) {
      if (!migrations_[i].is_called(version_)) continue;
      marked_ = migrations_.first(i + 1);
      return {};
    }
    return Error{"there is no migration `" + version_ + "`; nothing was marked", "",
                 "name its version, or its file without what follows the name"};
  }

  /// Whether the ledger says nothing else than what is to be marked.
  Result<void> check_agreement(const std::vector<LedgerEntry>& ledger) const {
    for (const LedgerEntry& entry : ledger) {
      const bool ours = std::any_of(
          migrations_.begin(), migrations_.end(),
          [&](const MigrationScript& migration) { return migration.history == entry.history; });
      if (!ours) continue;
      std::string why;
      const MigrationScript* migration = find_migration(marked_, entry);
      if (migration == nullptr) {
        why = "it is not among those up to " + marked_.back().display_name();
      } else if (!is_applied(&entry)) {
        why = "the ledger has it as " + std::string(state_name(entry.state));
      } else if (text_change(entry, *migration, command_.driver().url().engine) ==
                 TextChange::kStatements) {
        why = "its text is not the one that was applied";
      }
      if (why.empty()) continue;
      return command_.refuse("the ledger does not agree about " + entry_name(entry) + ": " + why +
                                 "; nothing was marked",
                             "`" + command_.options().program + " repair` tells more");
    }
    return {};
  }

  std::vector<RowEdit> edits_for(const std::vector<LedgerEntry>& ledger,
                                 const std::string& fingerprint) {
    std::vector<RowEdit> edits;
    const std::string now = utc_now();
    for (const MigrationScript& migration : marked_) {
      if (find_entry(ledger, migration.history, migration.version) != nullptr) {
        ++report_.known;
        continue;
      }
      LedgerEntry& entry = edits.emplace_back().entry;
      entry.history = migration.history;
      entry.version = migration.version;
      entry.name = migration.name;
      entry.position = Ledger::kLast;
      entry.checksum = migration.checksum();
      entry.sql_checksum = migration.sql_checksum(command_.driver().url().engine);
      entry.started_at = entry.applied_at = now;
      entry.belay_version = belay_version();
      report_.marked.push_back(migration.display_name());
    }
    // Of the schemas between nobody knows anything.
    if (!edits.empty()) edits.back().entry.schema_after = fingerprint;
    return edits;
  }

  void tell() {
    const size_t count = report_.marked.size();
    report_.headline = count == 0 ? "There is nothing to mark: all up to " +
                                        marked_.back().display_name() + " are applied already"
                                  : counted(count, "migration") + (count == 1 ? " is" : " are") +
                                        " marked as applied; none of them was run";
    if (count > 0) report_.facts.push_back({"Marked", some_of(report_.marked)});
    if (report_.known > 0 && count > 0) {
      report_.facts.push_back({"Before", counted(report_.known, "migration") + " applied already"});
    }
    command_.report_to(report_);
  }

  Command& command_;
  std::span<const MigrationScript> migrations_;
  const std::string& version_;
  RunOptions options_;
  MigrationBatch batch_;
  std::span<const MigrationScript> marked_;  ///< the first of them, up to the version
  BaselineReport report_;
};

}  // namespace

Result<BaselineReport> Session::baseline(std::span<const MigrationScript> migrations,
                                         const std::string& version) const {
  Result<Target> target = find_target(options_);
  if (!target) return std::move(target).error();
  Result<Driver::Presence> presence = target->driver->presence();
  if (!presence) return std::move(presence).error();
  // No directory is made beside a database that is not there.
  const bool exists = *presence != Driver::Presence::kAbsent;
  Result<std::unique_ptr<Command>> opened = Command::open(options_, "baseline", /*create=*/exists);
  if (!opened) return std::move(opened).error();
  BELAY_TRY((*opened)->recover(/*force=*/false));
  return Marking(**opened, migrations, version).run();
}

}  // namespace belay::runtime

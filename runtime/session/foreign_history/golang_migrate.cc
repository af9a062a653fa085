// golang-migrate keeps one row: the last version, and whether it is `dirty`, which it is from
// before a script runs until after it. The row is replaced as a whole.
#include "runtime/session/foreign_history/foreign_history.h"
#include "runtime/session/foreign_history/parts.h"

namespace belay::runtime {
namespace {

class GolangMigrateHistory : public ForeignHistory {
 public:
  using ForeignHistory::ForeignHistory;

  std::string_view tool() const override { return "golang-migrate"; }

  Result<bool> is_there(Connection& database) const override {
    return foreign::has_column(database, table(), "dirty");
  }

  Result<ForeignRecords> read(Connection& database) const override {
    Result<Rows> rows = foreign::read_table(
        database, tool(), table(),
        "SELECT CAST(version AS TEXT), CASE WHEN dirty THEN 1 ELSE 0 END FROM " +
            foreign::quoted_name(database, table()));
    if (!rows) return std::move(rows).error();
    ForeignRecords out;
    if (rows->rows.empty()) return out;
    const std::string version = foreign::text_of(*rows, 0, 0);
    if (rows->number(0, 1) != 0) {
      out.unfinished = dirty(version);
      out.begun.emplace_back().version = version;
    }
    if (!foreign::is_number(version)) return out;  // -1: a failed down of the first one
    ForeignEntry& entry = out.applied.emplace_back();
    entry.version = version;
    entry.sums_up = true;
    out.notes.emplace_back(
        "golang-migrate notes the last version alone: all files up to it count as applied, those "
        "that it passed over in silence included");
    return out;
  }

  bool is_about(const ForeignEntry& entry, const MigrationScript& migration) const override {
    return foreign::is_same_number(migration.version, entry.version);
  }
  bool covers(const ForeignEntry& entry, const MigrationScript& migration) const override {
    return foreign::is_number(migration.version) &&
           foreign::compare_digits(migration.version, entry.version) <= 0;
  }

  Result<void> create(Connection& database) const override {
    const std::string name = foreign::quoted_name(database, table());
    if (database.engine() != Engine::kSqlite) {
      return database.execute("CREATE TABLE IF NOT EXISTS " + name +
                              " (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)");
    }
    BELAY_TRY(
        database.execute("CREATE TABLE IF NOT EXISTS " + name + " (version uint64,dirty bool)"));
    return database.execute("CREATE UNIQUE INDEX IF NOT EXISTS version_unique ON " + name +
                            " (version)");
  }

  std::string cannot_note(const MigrationScript& migration) const override {
    return foreign::is_number(migration.version) ? "" : "its version is no number";
  }
  bool tells_of_begun() const override { return true; }
  /// One row for all: it follows from the ledger alone.
  Result<void> set(Connection& database, const ForeignChange& change) const override {
    const Position position = position_in(change.ledger);
    const std::string name = foreign::quoted_name(database, table());
    BELAY_TRY(database.execute("DELETE FROM " + name));
    if (position.version.empty()) return {};
    const Value version = position.version;
    return database.execute("INSERT INTO " + name +
                                " (version, dirty) VALUES (CAST(? AS bigint), " +
                                (position.dirty ? "1 = 1)" : "1 = 0)"),
                            {&version, 1});
  }
  std::vector<std::string> differences(const ForeignRecords& records,
                                       std::span<const MigrationScript> /*migrations*/,
                                       std::span<const LedgerEntry> ledger) const override {
    Position theirs;
    theirs.dirty = !records.begun.empty();
    if (theirs.dirty) theirs.version = records.begun.front().version;
    if (!theirs.dirty && !records.applied.empty()) theirs.version = records.applied.front().version;
    const Position ours = position_in(ledger);
    const bool same =
        theirs.version == ours.version || foreign::is_same_number(theirs.version, ours.version);
    if (same && theirs.dirty == ours.dirty) return {};
    return {"golang-migrate is at " + shown(theirs) + ", and Belay's ledger at " + shown(ours)};
  }

 private:
  struct Position {
    std::string version;  ///< empty: none
    bool dirty = false;
  };

  static std::string shown(const Position& position) {
    if (position.version.empty()) return "no version";
    return "version " + position.version + (position.dirty ? ", dirty" : "");
  }

  /// The last version that is applied; -1, which it writes when its first one is being taken back.
  static Position position_in(std::span<const LedgerEntry> ledger) {
    Position out;
    const auto raise = [&](const std::string& version) {
      if (out.version.empty() || foreign::compare_digits(version, out.version) > 0) {
        out.version = version;
      }
    };
    const LedgerEntry* open = nullptr;
    for (const LedgerEntry& entry : ledger) {
      if (!foreign::is_number(entry.version)) continue;
      const ForeignState state = foreign_state(&entry);
      if (state == ForeignState::kApplied) raise(entry.version);
      if (state == ForeignState::kApplying || state == ForeignState::kTakingBack) open = &entry;
    }
    if (open == nullptr) return out;
    out.dirty = true;
    // One that runs late stays below the last version.
    if (foreign_state(open) == ForeignState::kApplying) raise(open->version);
    if (out.version.empty()) out.version = "-1";
    return out;
  }

  Error dirty(const std::string& version) const {
    return {
        "golang-migrate has marked version " + version +
            " as dirty: its script was begun and did not come to its end",
        table(),
        "see what of it is in the database and finish or undo it by hand, then `migrate force " +
            version + "` where it is applied, or `migrate force` with the version before it"};
  }
};

}  // namespace

std::unique_ptr<ForeignHistory> golang_migrate_history(const std::string& table) {
  return std::make_unique<GolangMigrateHistory>(table);
}

}  // namespace belay::runtime

#include "runtime/session/migration_checks.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "runtime/session/ledger.h"
#include "runtime/session/words.h"
#include "support/ascii.h"

namespace belay::runtime {
namespace {

using WarningKind = MigrationWarning::Kind;

/// Where a table of before has gone to, by the statements of the script.
struct Fate {
  std::string name;  ///< folded; after its renames
  bool dropped = false;
  bool rows_taken = false;  ///< some statement takes rows from it
};

Fate fate_of(const std::string& table, const std::vector<TableEffect>& effects) {
  Fate fate{ascii::lower(table)};
  for (const TableEffect& effect : effects) {
    if (effect.table != fate.name || fate.dropped) continue;
    switch (effect.kind) {
      case TableEffect::Kind::kTakesRows: fate.rows_taken = true; break;
      case TableEffect::Kind::kDrops: fate.dropped = true; break;
      case TableEffect::Kind::kRenames: fate.name = effect.new_name; break;
    }
  }
  return fate;
}

using FoldedCounts = std::map<std::string, uint64_t>;

FoldedCounts folded(const RowCounts& counts) {
  FoldedCounts out;
  for (const auto& [table, rows] : counts) out[ascii::lower(table)] = rows;
  return out;
}

RowCounts difference(const RowCounts& counts, const RowCounts& without) {
  RowCounts out;
  std::set_difference(counts.begin(), counts.end(), without.begin(), without.end(),
                      std::inserter(out, out.end()));
  return out;
}

std::optional<uint64_t> find(const FoldedCounts& counts, const std::string& table) {
  const auto found = counts.find(table);
  return found == counts.end() ? std::nullopt : std::optional<uint64_t>(found->second);
}

bool contains_folded(const std::vector<std::string>& names, const std::string& folded_name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return ascii::lower(name) == folded_name; });
}

bool is_internal(const std::string& table) { return table == Ledger::kTable; }

/// The warning about one table that has lost rows; empty where the script says that it would.
std::optional<MigrationWarning> warning_about(const std::string& table, uint64_t before,
                                              std::optional<uint64_t> after, const Fate& fate,
                                              const GuardAdvice& advice) {
  if (fate.rows_taken || contains_folded(advice.losing_rows, ascii::lower(table))) {
    return std::nullopt;
  }
  const std::string lost = counted(before - after.value_or(0), "row") + " of " + table +
                           " are gone (" + std::to_string(before) + " before, " +
                           std::to_string(after.value_or(0)) + " after)";
  if (fate.dropped) {
    if (!after) return std::nullopt;  // DROP TABLE says so itself
    return MigrationWarning{WarningKind::kRebuildLost, table,
                            lost + ": the table was built anew without them"};
  }
  return MigrationWarning{
      WarningKind::kRowsLost, table,
      lost +
          ", though no statement takes rows from it: look for ON DELETE CASCADE to a table that "
          "was dropped or rebuilt, and for triggers"};
}

void compare_rows(const RowCounts& before, const RowCounts& after,
                  const std::vector<TableEffect>& effects, const GuardAdvice& advice,
                  MigrationReport& report) {
  // Where no statement drops or renames, tables of one name and one number of rows are as they
  // were.
  const bool by_name = effects.empty();
  const RowCounts others = by_name ? difference(before, after) : before;
  const RowCounts others_now = by_name ? difference(after, before) : after;
  const FoldedCounts now = folded(others_now);
  std::set<std::string> seen;
  for (const auto& [table, rows] : others) {
    if (is_internal(table)) continue;
    const Fate fate = fate_of(table, effects);
    // Of a dropped table the rows live on where one of its old name was made again.
    const std::string name = fate.dropped ? ascii::lower(table) : fate.name;
    const std::optional<uint64_t> rows_now = find(now, name);
    seen.insert(name);
    if (rows_now != rows) report.row_changes.push_back({table, rows, rows_now});
    if (rows_now.value_or(0) >= rows) continue;
    if (auto warning = warning_about(table, rows, rows_now, fate, advice)) {
      report.warnings.push_back(*std::move(warning));
    }
  }
  for (const auto& [table, rows] : others_now) {
    if (is_internal(table) || seen.contains(ascii::lower(table))) continue;
    report.row_changes.push_back({table, std::nullopt, rows});
  }
}

void compare_violations(const DatabaseFacts& before, const DatabaseFacts& after,
                        MigrationReport& report) {
  if (!after.violations_unchecked.empty()) {
    report.warnings.push_back({WarningKind::kUnchecked, "",
                               "foreign keys could not be checked: " + after.violations_unchecked});
    return;
  }
  if (!after.violations) return;
  std::vector<std::string> fresh;
  uint64_t count = 0;
  for (const auto& [line, times] : *after.violations) {
    uint64_t known = 0;
    if (before.violations) {
      const auto found = before.violations->find(line);
      if (found != before.violations->end()) known = found->second;
    }
    if (times <= known) continue;
    count += times - known;
    constexpr size_t kExamples = 3;
    if (fresh.size() < kExamples) fresh.push_back(line);
  }
  if (count == 0) return;
  report.warnings.push_back({WarningKind::kForeignKeys,
                             fresh.front().substr(0, fresh.front().find(' ')),
                             counted(count, "row") +
                                 " point to rows that do not exist, and did "
                                 "not before: " +
                                 listed(fresh)});
}

}  // namespace

Result<DatabaseFacts> read_facts(const Driver& driver, Connection& connection, bool foreign_keys,
                                 const Content* before) {
  DatabaseFacts facts;
  Result<Content> content =
      before == nullptr ? driver.content(connection) : driver.content_since(connection, *before);
  if (!content) return std::move(content).error();
  facts.content = *std::move(content);
  if (!foreign_keys) return facts;
  if (!facts.content.refers) {
    facts.violations.emplace();
    return facts;
  }
  Result<ForeignKeyViolations> violations = driver.foreign_key_violations(connection);
  if (violations) {
    facts.violations = *std::move(violations);
  } else if (connection.last_error().cancelled || !connection.in_transaction()) {
    return std::move(violations).error();
  } else {
    facts.violations_unchecked = violations.error().message;  // a foreign key that fits no key
  }
  return facts;
}

DatabaseError failure_of(const Connection* connection, const Error& error) {
  DatabaseError failure = connection == nullptr ? DatabaseError{} : connection->last_error();
  if (!failure.message.empty() && failure.to_error().message == error.message) return failure;
  failure = {};
  failure.message = error.message;
  failure.place.path = error.where;
  return failure;
}

void compare_facts(const DatabaseFacts& before, const DatabaseFacts& after,
                   const std::vector<TableEffect>& effects, const GuardAdvice& advice,
                   MigrationReport& report) {
  compare_rows(before.content.rows, after.content.rows, effects, advice, report);
  compare_violations(before, after, report);
}

}  // namespace belay::runtime

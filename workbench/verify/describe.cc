#include "workbench/verify/describe.h"

#include <map>

#include "support/counted.h"

namespace belay::workbench {
namespace {

class Writer {
 public:
  std::vector<Detail> take() && { return std::move(out_); }

  void difference(const Difference& d) {
    std::string text = std::string(how_name(d.how)) + " " + d.kind + " " + d.id;
    if (!d.new_id.empty()) text += ", now " + d.new_id;
    add(std::move(text));
    for (const Difference::Attribute& a : d.attributes) {
      add(a.name + ": " + shown(a.before) + " before the up, " + shown(a.after) + " after the down",
          1);
    }
  }

  void error(const std::string& what, const runtime::DatabaseError& error) {
    std::string text = what + " at " + error.place.to_string() + ": " + error.message;
    if (!error.code_name.empty()) text += " (" + error.code_name + ")";
    add(std::move(text));
  }

  void losses(const std::string& what, const std::vector<DataLoss>& losses) {
    for (const DataLoss& loss : losses) {
      std::string text = what + ": " + loss.table;
      if (!loss.column.empty()) text += "." + loss.column;
      add(text + ", " + counted(loss.rows, loss.column.empty() ? "row" : "value"));
    }
  }

  void second_up(const RoundTrip& trip) {
    if (!trip.reup) return;
    if (trip.reup->error) error("the second up fails", *trip.reup->error);
    if (!trip.reup->ok() || trip.reup_differences.empty()) return;
    add("the second up leads to another schema than the first:");
    for (const Difference& d : trip.reup_differences) {
      add(std::string(how_name(d.how)) + " " + d.kind + " " + d.id, 1);
    }
  }

  void add(std::string text, uint32_t depth = 0) { out_.push_back({std::move(text), depth}); }

 private:
  static std::string shown(const std::string& value) {
    return value.empty() ? std::string("nothing") : "`" + value + "`";
  }

  std::vector<Detail> out_;
};

}  // namespace

std::vector<Detail> details_of(const VerifiedMigration& m) {
  const RoundTrip& trip = m.trip;
  Writer out;
  if (trip.up.error) out.error("up fails", *trip.up.error);
  if (trip.up_error_on_rows) out.error("up fails on generated rows", *trip.up_error_on_rows);
  if (trip.down && trip.down->error) {
    out.error(trip.down_fails_on_rows ? "down fails on generated rows" : "down fails",
              *trip.down->error);
  }
  for (const Difference& d : trip.differences) out.difference(d);
  out.losses("lost", trip.lost);
  out.losses("left behind", trip.added);
  out.second_up(trip);
  if (m.disagrees()) {
    out.add("the analysis says " + std::string(rollback::verdict_name(m.expected.verdict)) + " (" +
            m.expected.reason + "): a bug of Belay's, please report it");
    if (!m.reproducer_path.empty()) out.add("with this, please: " + m.reproducer_path);
  }
  return std::move(out).take();
}

std::string summary_of(const VerifyResult& result) {
  std::map<std::string, size_t> words;
  for (const VerifiedMigration& m : result.migrations) ++words[std::string(m.word())];
  std::string out = counted(result.migrations.size(), "migration") + " executed:";
  const char* separator = " ";
  for (const auto& [word, count] : words) {
    out += separator + std::to_string(count) + " " + word;
    separator = ", ";
  }
  return out;
}

std::vector<std::string> notes_of(const VerifyResult& result) {
  // A table that refuses every time is told once.
  std::map<std::string, std::string> refused;
  for (const VerifiedMigration& m : result.migrations) {
    for (const RefusedTable& t : m.trip.filled.refused) refused[t.table] = t.reason;
  }
  std::vector<std::string> out;
  for (const auto& [table, reason] : refused) {
    out.push_back("no rows could be made up for " + table + ": " + reason);
  }
  out.insert(out.end(), result.notes.begin(), result.notes.end());
  return out;
}

}  // namespace belay::workbench

#include "cli/report/verdict.h"

#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/report/finding_json.h"
#include "cli/report/source_view.h"
#include "support/counted.h"
#include "support/file_system.h"

namespace belay::cli {
namespace {

using Json = nlohmann::ordered_json;
using project::Direction;
using rollback::Verdict;
using workbench::MigrationVerdict;

std::string shown_path(const std::string& path) {
  return path::relative_to(path, path::absolute("."));
}

const AnalyzedScript* script_of(const MigrationVerdict& m, Direction direction) {
  const auto& script = direction == Direction::kUp ? m.analyzed().up : m.analyzed().down;
  return script ? &*script : nullptr;
}

/// `path:line:column` of a statement of one of the two scripts.
std::string place_of(const MigrationVerdict& m, const rollback::RunPlace& place) {
  const AnalyzedScript* script = script_of(m, place.direction);
  const auto& location = place.direction == Direction::kUp ? m.location().up : m.location().down;
  const ByteRange statement = script->parsed->statements[place.statement].range;
  return place_text(shown_path(location->file()), script->source, script->written(statement).begin);
}

Json place_json(const MigrationVerdict& m, const rollback::RunPlace& place) {
  const AnalyzedScript* script = script_of(m, place.direction);
  const auto& location = place.direction == Direction::kUp ? m.location().up : m.location().down;
  return {
      {"file", shown_path(location->file())},
      {"range", range_json(script->source,
                           script->written(script->parsed->statements[place.statement].range))}};
}

/// Where an object was made or changed last, if that is in one of the two scripts.
std::optional<rollback::RunPlace> origin_of(const MigrationVerdict& m, const schema::Change& c) {
  if (c.origin.migration() != m.migration) return std::nullopt;
  const Direction direction = c.origin.script % 2 == 0 ? Direction::kUp : Direction::kDown;
  const AnalyzedScript* script = script_of(m, direction);
  if (script == nullptr || c.origin.statement >= script->parsed->statements.size()) {
    return std::nullopt;
  }
  return rollback::RunPlace{direction, c.origin.statement};
}

std::string_view how_name(schema::Change::How how) {
  switch (how) {
    case schema::Change::How::kMissing: return "missing";
    case schema::Change::How::kExtra: return "extra";
    case schema::Change::How::kChanged: return "changed";
    case schema::Change::How::kRenamed: return "renamed";
  }
  return "changed";
}

Json difference_json(const MigrationVerdict& m, const schema::Change& c) {
  Json out = {{"how", how_name(c.how)}, {"kind", sql::object_kind_name(c.kind)}};
  if (!c.table.empty()) out["table"] = c.table;
  out["name"] = c.name;
  if (!c.what.empty()) out["what"] = c.what;
  if (!c.before.empty()) out["before"] = c.before;
  if (!c.after.empty()) out["after"] = c.after;
  out["message"] = c.to_string();
  if (const auto place = origin_of(m, c)) out["place"] = place_json(m, *place);
  return out;
}

Json losses_json(const MigrationVerdict& m, const std::vector<rollback::Loss>& losses) {
  Json out = Json::array();
  for (const rollback::Loss& loss : losses) {
    Json item = {{"what", loss.what.to_string()}, {"table", loss.what.table}};
    if (!loss.what.column.empty()) item["column"] = loss.what.column;
    item["written_since_the_up"] = loss.written_since;
    item["place"] = place_json(m, loss.place);
    out.push_back(std::move(item));
  }
  return out;
}

void print_losses(std::ostream& out, const MigrationVerdict& m,
                  const std::vector<rollback::Loss>& losses, std::string_view who) {
  for (const rollback::Loss& loss : losses) {
    out << "      " << who << " destroys " << loss.what.to_string()
        << (loss.written_since ? ", written since the up" : "") << "  " << place_of(m, loss.place)
        << '\n';
  }
}

std::string coloured(Verdict verdict, const Style& style) {
  const std::string name(rollback::verdict_name(verdict));
  switch (verdict) {
    case Verdict::kDiffers:
    case Verdict::kDownFailed: return style.red(name);
    case Verdict::kRestoredDataLost:
    case Verdict::kNoDown:
    case Verdict::kUnknown: return style.yellow(name);
    default: return style.bold(name);
  }
}

std::string_view risk_of(const MigrationVerdict& m) {
  return rollback::risk_name(greatest_risk(*m.analyzed().up));
}

std::string_view category_of(const MigrationVerdict& m) {
  return rollback::category_name(rollback::category_of(m.reversibility()));
}

void print_migration(std::ostream& out, const MigrationVerdict& m, const Style& style) {
  const rollback::Reversibility& r = m.reversibility();
  const size_t width = 22;
  const size_t length = rollback::verdict_name(r.verdict).size();
  out << coloured(r.verdict, style) << std::string(width > length ? width - length : 1, ' ')
      << m.location().id << "  (risk " << risk_of(m) << ", " << category_of(m) << ")\n";
  if (r.verdict == Verdict::kRestored) return;
  out << "      " << r.reason;
  if (r.place) out << "  " << place_of(m, *r.place);
  out << '\n';
  if (r.verdict == Verdict::kDiffers) {
    for (const schema::Change& c : r.differences) {
      if (c.to_string() == r.reason) continue;
      out << "      " << c.to_string();
      if (const auto place = origin_of(m, c)) out << "  " << place_of(m, *place);
      out << '\n';
    }
  }
  print_losses(out, m, r.lost_by_up, "the up");
  print_losses(out, m, r.lost_by_down, "the down");
}

}  // namespace

void report_verdicts_human(std::ostream& out, const workbench::VerdictResult& result,
                           bool colours) {
  const Style style(colours);
  constexpr std::array<Verdict, 8> kAll = {Verdict::kRestored,
                                           Verdict::kRestoredButOrder,
                                           Verdict::kRestoredDataLost,
                                           Verdict::kDiffers,
                                           Verdict::kDownFailed,
                                           Verdict::kNoDown,
                                           Verdict::kDeclaredIrreversible,
                                           Verdict::kUnknown};
  std::array<size_t, kAll.size()> counts{};
  for (const MigrationVerdict& m : result.migrations) {
    print_migration(out, m, style);
    ++counts[static_cast<size_t>(m.reversibility().verdict)];
  }
  out << (result.migrations.empty() ? "" : "\n") << counted(result.migrations.size(), "migration");
  std::string separator = ": ";
  for (size_t i = 0; i < kAll.size(); ++i) {
    if (counts[i] == 0) continue;
    out << separator << counts[i] << ' ' << rollback::verdict_name(kAll[i]);
    separator = ", ";
  }
  out << '\n';
}

void report_verdicts_json(std::ostream& out, const workbench::VerdictResult& result) {
  for (const MigrationVerdict& m : result.migrations) {
    const rollback::Reversibility& r = m.reversibility();
    Json line = {{"id", m.location().id}, {"up", shown_path(m.location().up->file())}};
    line["down"] = m.location().down ? Json(shown_path(m.location().down->file())) : Json(nullptr);
    line["verdict"] = rollback::verdict_name(r.verdict);
    line["reason"] = r.reason;
    line["risk"] = risk_of(m);
    line["category"] = category_of(m);
    if (r.place) line["place"] = place_json(m, *r.place);
    line["differences"] = Json::array();
    for (const schema::Change& c : r.differences) {
      line["differences"].push_back(difference_json(m, c));
    }
    line["lost_by_up"] = losses_json(m, r.lost_by_up);
    line["lost_by_down"] = losses_json(m, r.lost_by_down);
    out << line.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
  }
}

}  // namespace belay::cli

#include "analyzer/rollback/risk.h"

#include <algorithm>

namespace belay::rollback {
namespace {

int weight(Risk risk) {
  switch (risk) {
    case Risk::kLow: return 0;
    case Risk::kMedium: return 1;
    case Risk::kUnknown: return 2;
    case Risk::kHigh: return 3;
  }
  return 0;
}

bool is_destroyed(const DataLoss& loss) {
  return loss.kind != DataLoss::Kind::kValues && loss.kind != DataLoss::Kind::kPrecision;
}

}  // namespace

std::string_view risk_name(Risk risk) {
  switch (risk) {
    case Risk::kLow: return "low";
    case Risk::kMedium: return "medium";
    case Risk::kHigh: return "high";
    case Risk::kUnknown: return "unknown";
  }
  return "";
}

Risk worse(Risk a, Risk b) { return weight(a) < weight(b) ? b : a; }

Risk risk_of(const effects::Effect& effect, const std::vector<DataLoss>& losses) {
  Risk out = Risk::kLow;
  if (std::any_of(losses.begin(), losses.end(), is_destroyed)) return Risk::kHigh;
  if (!losses.empty()) out = Risk::kMedium;
  for (const effects::RelationEffect& r : effect.relations) {
    // SQLite's one lock for writers is what every statement takes.
    const bool others_wait = r.lock != effects::LockMode::kDatabaseWrite && !r.is_new &&
                             !effects::blocked_by(r.lock).empty();
    if (!others_wait) continue;
    out = worse(out, r.rewrite || r.scan || r.builds_index ? Risk::kHigh : Risk::kMedium);
  }
  if (!effect.unknown.empty()) out = worse(out, Risk::kUnknown);
  return out;
}

}  // namespace belay::rollback

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

std::string_view category_name(Category category) {
  switch (category) {
    case Category::kSafe: return "safe";
    case Category::kCaution: return "caution";
    case Category::kDangerous: return "dangerous";
    case Category::kUnknown: return "unknown";
  }
  return "";
}

Category category_of(const Reversibility& r) {
  const auto gone = [](const Loss& loss) { return !loss.written_since && is_destroyed(loss.what); };
  if (std::any_of(r.lost_by_up.begin(), r.lost_by_up.end(), gone)) return Category::kDangerous;
  if (r.verdict == Verdict::kUnknown) return Category::kUnknown;
  const bool restores = r.verdict == Verdict::kRestored || r.verdict == Verdict::kRestoredButOrder;
  return restores && r.lost_by_up.empty() && r.lost_by_down.empty() ? Category::kSafe
                                                                    : Category::kCaution;
}

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

#include "workbench/down_advice.h"

namespace belay::workbench {
namespace {

runtime::DownAdvice::Verdict verdict_of(rollback::Verdict verdict) {
  using From = rollback::Verdict;
  using To = runtime::DownAdvice::Verdict;
  switch (verdict) {
    case From::kRestored: return To::kExact;
    case From::kRestoredDataLost: return To::kLosesData;
    // Another order of columns is another schema for whoever inserts without naming them.
    case From::kRestoredButOrder:
    case From::kDiffers: return To::kDiffers;
    case From::kDownFailed:
    case From::kDeclaredIrreversible: return To::kFails;
    case From::kNoDown:
    case From::kUnknown: break;
  }
  return To::kUnknown;
}

}  // namespace

runtime::DownAdvice down_advice_of(const AnalyzedMigration& migration) {
  const rollback::Reversibility& r = migration.reversibility;
  runtime::DownAdvice out;
  out.verdict = verdict_of(r.verdict);
  out.reason = r.reason;
  // What the up has destroyed is gone already, but a person who goes back may think to get it.
  for (const rollback::Loss& loss : r.lost_by_up) {
    out.losses.push_back({loss.what.to_string() + " (by the up)", loss.what.table, false});
  }
  for (const rollback::Loss& loss : r.lost_by_down) {
    out.losses.push_back({loss.what.to_string() + (loss.written_since ? ", written since" : ""),
                          loss.what.table, loss.written_since});
  }
  if (migration.down) out.risk = rollback::risk_name(greatest_risk(*migration.down));
  return out;
}

DeclaredDown declared_down(const runtime::MigrationScript& script) {
  if (!script.down) return {"missing", "it only goes forward"};
  return {std::string(runtime::verdict_name(script.down_advice.verdict)),
          script.down_advice.reason};
}

}  // namespace belay::workbench

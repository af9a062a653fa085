#include "analyzer/rollback/verdict.h"

namespace belay::rollback {

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kRestored: return "restored";
    case Verdict::kRestoredButOrder: return "restored-but-order";
    case Verdict::kRestoredDataLost: return "restored-data-lost";
    case Verdict::kDiffers: return "differs";
    case Verdict::kDownFailed: return "down-failed";
    case Verdict::kNoDown: return "no-down";
    case Verdict::kDeclaredIrreversible: return "declared-irreversible";
    case Verdict::kUnknown: return "unknown";
  }
  return "unknown";
}

}  // namespace belay::rollback

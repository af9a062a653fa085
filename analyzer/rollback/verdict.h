#pragma once

#include <cstdint>
#include <string_view>

namespace belay::rollback {

/// What a migration's down makes of what its up did.
enum class Verdict : uint8_t {
  kRestored,              ///< the schema is as it was before the up, and so are the rows
  kRestoredButOrder,      ///< as it was, but columns or enum values stand in another order
  kRestoredDataLost,      ///< the schema is as it was, but rows or values are gone
  kDiffers,               ///< the schema is not as it was
  kDownFailed,            ///< the down stops with an error
  kNoDown,                ///< there is none; an empty one is judged like any other
  kDeclaredIrreversible,  ///< the down refuses on purpose
  kUnknown,               ///< a statement decides only when it runs
};

/// As reports write it: `restored-but-order`.
std::string_view verdict_name(Verdict verdict);

}  // namespace belay::rollback

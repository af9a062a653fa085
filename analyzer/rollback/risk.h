#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analyzer/effects/effect.h"
#include "analyzer/rollback/data_loss.h"
#include "analyzer/rollback/reversibility.h"

namespace belay::rollback {

/// How much can go wrong when a script runs on a database in use.
enum class Risk : uint8_t {
  kLow,      ///< nobody waits for long, nothing is lost
  kMedium,   ///< others wait while the lock is taken, or values are overwritten
  kHigh,     ///< data is destroyed, or others wait while a table is read or written as a whole
  kUnknown,  ///< a statement decides as it runs
};

std::string_view risk_name(Risk risk);

/// The risk of one operation, from what it costs and what it destroys.
Risk risk_of(const effects::Effect& effect, const std::vector<DataLoss>& losses);

/// The greater of two; what is not known weighs more than medium and less than high.
Risk worse(Risk a, Risk b);

/// What going back costs once a migration was applied. Follows from what its two scripts destroy
/// and from the verdict, not from the words in them.
enum class Category : uint8_t {
  kSafe,     ///< the down restores the schema, and no row is lost on the way
  kCaution,  ///< values were overwritten or cut, the down takes rows along that were written since
             ///< the up, or it does not restore the schema
  kDangerous,  ///< the up destroys rows, columns or tables that no down brings back
  kUnknown,    ///< a statement decides as it runs
};

std::string_view category_name(Category category);

Category category_of(const Reversibility& reversibility);

}  // namespace belay::rollback

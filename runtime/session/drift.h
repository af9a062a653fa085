#pragma once

#include <string>
#include <vector>

#include <belay/plan.h>

namespace belay::runtime {

/// Compares the schema's fingerprint of now with what the newest entry of the ledger left.
SchemaDrift drift_of(const std::vector<LedgerEntry>& ledger, const std::string& fingerprint);

}  // namespace belay::runtime

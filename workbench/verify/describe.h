#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workbench/verify/verify.h"

/// What came of a verification, in words, without a form.
namespace belay::workbench {

/// Something to say about a migration; deeper ones belong to the one before them.
struct Detail {
  std::string text;
  uint32_t depth = 0;
};

/// Why a migration's verdict is what it is, and what else happened on the way. Empty where all went
/// as it should.
std::vector<Detail> details_of(const VerifiedMigration& migration);

/// `3 migrations executed: 1 differs, 2 restored`.
std::string summary_of(const VerifyResult& result);

/// What was left out or could not be tried, each once.
std::vector<std::string> notes_of(const VerifyResult& result);

}  // namespace belay::workbench

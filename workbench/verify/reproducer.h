#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <belay/result.h>

#include "analyzer/text/dialect.h"

namespace belay::workbench {

struct VerifiedMigration;

/// A script as it ran.
struct RanScript {
  std::string sql;
  bool in_transaction = true;
};

/// What a migration ran on, and how.
struct Circumstances {
  Dialect dialect;
  std::string setup;               ///< what ran before the first migration
  std::vector<RanScript> history;  ///< the ups before it that ran, in their order
  RanScript up;
  std::optional<RanScript> down;
  uint32_t rows = 0;
};

/// One file that holds all it takes to see again that analysis and execution disagree: both
/// verdicts, the scripts, and how to repeat it. Nothing of any database is in it, and no password.
std::string reproducer(const VerifiedMigration& migration, const Circumstances& circumstances);

/// `text` with what stands behind the word `password` and in front of the host of a URL replaced.
std::string without_passwords(std::string text);

/// Writes it to a new file of that directory, readable to this user alone. Returns its path.
Result<std::string> write_reproducer(const std::string& directory,
                                     const VerifiedMigration& migration,
                                     const Circumstances& circumstances);

}  // namespace belay::workbench

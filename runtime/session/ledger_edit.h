#pragma once

#include <vector>

#include "runtime/session/migration_batch.h"

namespace belay::runtime {

/// One row of the ledger: as it is to be, or that it goes.
struct RowEdit {
  LedgerEntry entry;
  bool remove = false;
  bool accepts_text = false;  ///< only the text that counts as applied is another
};

/// Writes the edits in one transaction, journal first, within the session that is open or one of
/// their own without a snapshot. All of them are made, or none.
Result<void> edit_ledger(Command& command, MigrationBatch& batch, std::vector<RowEdit> edits);

}  // namespace belay::runtime

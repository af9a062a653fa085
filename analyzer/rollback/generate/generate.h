#pragma once

#include <span>
#include <string>
#include <vector>

#include "analyzer/rollback/data_loss.h"
#include "analyzer/schema/schema.h"
#include "analyzer/sql/script.h"

/// Downs from schemas: what leads from the schema behind a migration back to the one before it.
namespace belay::rollback {

struct GenerateInput {
  /// Where the down has to lead.
  const schema::Schema& before;
  /// Where it begins: behind the up, or behind a down that leaves something undone.
  const schema::Schema& start;
  /// The ups of the history in order, up to and with the migration's own; null where one has none.
  std::span<const sql::ParsedScript* const> ups;
  /// What the up destroys: told in the down, next to what brings its shape back.
  std::span<const DataLoss> lost;
  /// Side tables that the up fills, which the down empties into their sources before it drops them.
  struct Kept {
    std::string table;    ///< key of the side table
    std::string restore;  ///< the statement that takes its rows back
  };
  std::span<const Kept> kept = {};
};

struct GeneratedDown {
  /// Statements and comments, one below the other; empty where there is nothing to do.
  std::string text;
  /// What it leaves undone, in words; also a comment in the text.
  std::vector<std::string> not_restored;
};

GeneratedDown generate_down(const GenerateInput& input);

}  // namespace belay::rollback

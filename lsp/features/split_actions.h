#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <belay/result.h>

#include "lsp/features/feature_input.h"
#include "lsp/protocol/types.h"
#include "workbench/split/split_migration.h"

namespace belay::lsp {

/// Keeps what was found out about splitting the statements of a history, as long as it is as it
/// was: to try a split is to read the history anew. Used by one thread at a time.
class SplitCache {
 public:
  using Split = std::optional<workbench::SplitMigration>;

  /// What is known; null where nothing is.
  const Split* find(const std::shared_ptr<const AnalyzedSet>& set, uint32_t migration,
                    uint32_t statement) const;
  const Split& keep(const std::shared_ptr<const AnalyzedSet>& set, uint32_t migration,
                    uint32_t statement, Split split);

 private:
  std::shared_ptr<const AnalyzedSet> set_;
  std::map<std::pair<uint32_t, uint32_t>, Split> known_;
};

/// The ways to split statements that the range touches into safe steps, each a migration of its
/// own. Only those that were tried: with them the history ends with the same schema. Without their
/// edits, which `split_edit` finds.
std::vector<CodeAction> split_actions(const FeatureInput& input, const CodeActionParams& params);

/// The edit of such an action. Errors: the statement cannot be split any more.
Result<WorkspaceEdit> split_edit(const FeatureInput& input, const CodeActionData& params);

}  // namespace belay::lsp

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <belay/report.h>

#include "runtime/drivers/script_plan.h"

namespace belay::runtime {

/// How far a statement has come that runs in batches and is not done: the content of the ledger's
/// column `batches`.
struct BatchProgress {
  std::string statement_hash;  ///< what has run, see `hash_of_batched`
  std::string position;        ///< see `BatchOptions::resume`
  uint64_t batches = 0;
  uint64_t rows = 0;     ///< that the batches held
  uint64_t changed = 0;  ///< that the statement says it changed
  std::string came_to;   ///< the last key, for people

  /// As JSON.
  std::string to_text() const;
  /// Empty where the text is none of `to_text`.
  static std::optional<BatchProgress> read(std::string_view text);

  BatchedStatement of_statement(uint32_t number, bool done) const;
};

/// Of a statement in batches, and what it is paged by: the size and the pause may change.
std::string hash_of_batched(const Script& script, const PlannedStatement& statement);

/// What is to be told of an entry's or a journal's `batches`, where `statements_done` are done.
std::vector<BatchedStatement> batched_from(std::string_view batches, uint32_t statements_done);

/// `2 of its 4 statements`, `2 of its 4 statements and 3 batches of the next one (up to the key
/// 300)`.
std::string how_far(uint32_t statements_done, uint32_t statements,
                    const std::vector<BatchedStatement>& batched, std::string_view whose = "its ");
std::string how_far(const LedgerEntry& entry, std::string_view whose = "its ");
std::string how_far(const MigrationReport& migration);

}  // namespace belay::runtime

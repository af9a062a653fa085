#pragma once

#include <span>
#include <string>
#include <vector>

#include "analyzer/rollback/generate/generate.h"
#include "analyzer/rollback/reversibility.h"

namespace belay::rollback {

struct KeepDataInput {
  const schema::Schema& before;
  const sql::ParsedScript& up;
  /// As of `GenerateInput`.
  std::span<const sql::ParsedScript* const> ups;
  uint32_t migration = 0;
  bool in_transaction = true;
};

/// An up that destroys nothing, with the down that brings everything back.
struct KeptPair {
  std::string up;
  GeneratedDown down;
  Reversibility reversibility;
  std::vector<std::string> notes;  ///< what is put aside, and what could not be
};

/// No down can bring back what its up destroyed. This is how the up would be written so that it
/// need not: tables and columns are renamed aside instead of dropped, rows and values are copied to
/// a side table first.
KeptPair keep_data(const KeepDataInput& input);

}  // namespace belay::rollback

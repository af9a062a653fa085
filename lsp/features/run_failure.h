#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/text/document.h"
#include "analyzer/text/range.h"
#include "workbench/sessions.h"

namespace belay::lsp {

/// A statement at which a run of migrations has stopped, as the diagnostics of its file tell it.
struct RunFailure {
  std::string path;     ///< absolute
  ByteRange range;      ///< of the statement
  std::string message;  ///< what the database said, where, and how far the migration came
  uint64_t ran = 0;     ///< hash of the text that ran: what was edited since may not fail

  bool fits(const Document& text) const;
};

/// Those of one history: none, or the one of its last run.
using RunFailures = std::vector<RunFailure>;

/// What a run of scripts on the target has to show in their files.
RunFailures failures_of(const workbench::SessionTarget& target, const runtime::RunReport& report);

}  // namespace belay::lsp

#pragma once

#include <optional>
#include <string_view>

#include <belay/connection.h>

#include "analyzer/project/layout.h"
#include "analyzer/text/dialect.h"

namespace belay::workbench {

/// A script and what its own tool does about transactions.
struct RunnableScript {
  runtime::Script script;
  project::TransactionHabit transaction = project::TransactionHabit::kPerScript;
};

/// How a script ran.
struct RunOutcome {
  enum class Mode : uint8_t {
    kEmpty,        ///< there is no statement in it
    kTransaction,  ///< all in one transaction
    kOwn,          ///< its own BEGIN and COMMIT decide
    kStatements,   ///< each statement by itself
  };
  Mode mode = Mode::kTransaction;
  std::optional<runtime::DatabaseError> error;  ///< what ended it

  bool ok() const { return !error.has_value(); }
};

/// `empty`, `transaction`, `own-transaction`, `statements`.
std::string_view mode_name(RunOutcome::Mode mode);

/// The connection's engine, among the two that are executed.
Engine engine_of(const runtime::Connection& connection);

/// Runs a script to its end or to its first error, as its tool would: what it did before an error
/// stays where nothing undoes it. No transaction is left open.
RunOutcome run_script(runtime::Connection& connection, const RunnableScript& script);

}  // namespace belay::workbench

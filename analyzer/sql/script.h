#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "analyzer/sql/statement.h"
#include "analyzer/text/dialect.h"
#include "analyzer/text/range.h"

namespace belay::sql {

/// A statement with its place in the document.
struct ScriptStatement {
  ByteRange range;   ///< without the semicolon
  uint32_t end = 0;  ///< behind the semicolon, or where the script ends
  bool terminated = false;
  /// Null for a command of the database's shell.
  StatementPtr parsed;

  bool is_client_command() const { return parsed == nullptr; }
};

/// A script cut into statements. Immutable once made.
struct ParsedScript {
  std::vector<ScriptStatement> statements;
  /// Comments that mention `belay:`, in order, as ranges of the document.
  std::vector<ByteRange> directives;
  /// The first other comment that says `irreversible`: the author's word that there is no way back.
  std::optional<ByteRange> irreversible;
};

/// What to make of a statement that cannot be parsed.
enum class Recovery : uint8_t {
  /// What the engine would: it ends at its semicolon. For CI.
  kExact,
  /// What the author probably means: a missing semicolon or quote ends where a line begins with
  /// the next statement. For editors, where half of a statement is the normal case.
  kGenerous,
};

/// Cuts and parses the part of `text` within `range`. Statements whose text stands in `previous`,
/// too, are taken from there. Never fails.
ParsedScript parse_script(std::string_view text, ByteRange range, const Dialect& dialect,
                          Recovery recovery, const ParsedScript* previous);

}  // namespace belay::sql

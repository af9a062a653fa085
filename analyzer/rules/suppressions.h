#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/rules/rule.h"
#include "analyzer/rules/settings.h"

namespace belay::rules {

/// Which rules' findings are looked at: those about scripts and migrations, or those about the
/// history as a whole, which are known last.
enum class RuleScope : uint8_t { kScript, kHistory };

/// Applies the comments of a script that ask for silence,
///
///     -- belay:ignore set-not-null: 40 rows, checked on 12 May
///     -- belay:ignore-file drop-table, truncate: scratch tables of the importer
///
/// to the findings in that script: what is asked for, with a reason, is taken out of `findings`.
/// What the comments themselves get wrong (no reason, an unknown rule, nothing to silence) is
/// added. Returns how many were taken out.
///
/// `belay:ignore` belongs to the statement that it stands in or behind which it stands on the same
/// line, else to the next one. In a program it belongs to a call or to the name of a class or
/// method in the same way, and silences all that is found in it.
size_t apply_suppressions(const ScriptContext& script, const Settings& settings, RuleScope scope,
                          std::vector<Finding>& findings);

/// The comment that silences `rule` for the statement at `statement`, as an edit with a reason to
/// be filled in: a line of its own, indented like the statement. In C++ `statement` is the call,
/// and `mark`, which begins a comment, `//`.
TextEdit suppression_edit(std::string_view text, ByteRange statement, std::string_view rule,
                          std::string_view mark = "--");
/// The same for the whole file, at the top of the script.
TextEdit file_suppression_edit(ByteRange script, std::string_view rule,
                               std::string_view mark = "--");

}  // namespace belay::rules

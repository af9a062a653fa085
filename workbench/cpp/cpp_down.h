#pragma once

#include <string>

#include <belay/result.h>

#include "analyzer/workspace.h"

namespace belay::workbench {

/// A change to a C++ source that gives a migration class a `down`, written as its `up` is: the same
/// signature, the same call, the same kind of literals, an indentation like that around it. A class
/// that only went forward becomes one that can be taken back. `script`: the down as SQL. Errors:
/// the class is not written so that a method can be added behind its `up`, or has a `down` already.
Result<TextEdit> cpp_down_edit(const project::Migration& migration, const AnalyzedScript& up,
                               const std::string& script, const Dialect& dialect);

}  // namespace belay::workbench

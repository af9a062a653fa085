#pragma once

#include <ostream>

#include "workbench/verdicts.h"

/// The output formats of `belay verdict`.
namespace belay::cli {

/// A line for each migration, what differs and what is lost below it, and a summary.
void report_verdicts_human(std::ostream& out, const workbench::VerdictResult& result, bool colours);
/// One JSON object per line; docs/verdict.md describes it.
void report_verdicts_json(std::ostream& out, const workbench::VerdictResult& result);

}  // namespace belay::cli

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lsp/features/feature_input.h"

/// The verdict on a migration as an editor shows it. All of it was found by the analysis.
namespace belay::lsp {

/// Whether there is a verdict worth showing: on an up that is a step of its history, and where the
/// layout or the author has not ruled a down out.
bool has_verdict(const AnalyzedSet& set, uint32_t migration);

/// `down restores the schema`, `no down`, `down fails: ...`: a line, for a lens.
std::string verdict_line(const rollback::Reversibility& reversibility);

/// What stands behind the line, as labels and texts: the verdict with its reason and place, what
/// differs, what either script loses.
std::vector<std::pair<std::string, std::string>> verdict_facts(const AnalyzedSet& set,
                                                               uint32_t migration);

/// The same for a message.
std::string verdict_details(const AnalyzedSet& set, uint32_t migration);

}  // namespace belay::lsp

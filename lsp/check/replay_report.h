#pragma once

#include <string>

#include "lsp/check/editor_replay.h"

namespace belay::lsp {

/// For people: diagnostics, failures, a table of latencies and one of memory.
std::string replay_report(const ReplayResult& result);

/// `values` sorted upwards; `part` of them, from 0 to 1, are at most what is returned.
double quantile(const std::vector<double>& values, double part);

}  // namespace belay::lsp

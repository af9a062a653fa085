#pragma once

#include <string>

namespace belay::benchmarks {

/// libpg_query's parse of a script to its tree in memory, which is then freed: the floor.
void raw_parse(const std::string& sql);

}  // namespace belay::benchmarks

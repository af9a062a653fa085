#pragma once

#include <span>
#include <vector>

#include "analyzer/cpp/clang/functions.h"
#include "analyzer/cpp/clang/migration_classes.h"
#include "analyzer/cpp/clang/sources.h"
#include "analyzer/cpp/reading.h"

namespace belay::cpp {

/// The functions of the file that belong to no migration and have SQL of their own: what a
/// migration is seen to run, or another function with more of it known, is not told again.
std::vector<FunctionReading> read_functions(const Request& request,
                                            std::span<clang::Decl* const> declarations,
                                            Sources& sources, SqlFunctions& functions,
                                            std::span<const FoundMigration> migrations);

}  // namespace belay::cpp

#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "workbench/verify/engine.h"
#include "workbench/verify/round_trip.h"

namespace belay::workbench {

/// An engine for all PostgreSQL tests of this process; nullptr where no server is installed.
ScratchEngine* shared_postgres();

/// Up, down and up again on a database that `before` has made. A failure is a test's failure.
RoundTrip round_trip(ScratchEngine& engine, const std::string& before, const std::string& up,
                     const std::string& down, uint32_t rows = 0);

/// One line for each difference: `changed column t.a: type int -> text`.
std::vector<std::string> lines_of(const std::vector<Difference>& differences);
/// `t.a: 3`, `t: 2`.
std::vector<std::string> lines_of(const std::vector<DataLoss>& losses);

/// What a catalog holds after some statements.
Catalog catalog_after(ScratchEngine& engine, const std::string& sql);

}  // namespace belay::workbench

#pragma once

#include <string>

#include <belay/report.h>

#include "runtime/drivers/driver.h"
#include "runtime/snapshot/manifest.h"

namespace belay::runtime {

/// What the database was when Belay last had it in its hands, so that others' writes show.
struct Baseline {
  ChangeMark mark;
  std::string digest;  ///< empty where the marks suffice
  RowCounts rows;
};

Json to_json(const Baseline& baseline);
Baseline baseline_from_json(const Json& json);

/// Takes the baseline of the database as it is, in a transaction of its own that keeps writers out.
Result<Baseline> take_baseline(const Driver& driver, Connection& connection);

/// What others have written since `baseline`, as `connection` sees it. It must be in a transaction.
/// Reads the whole database where the marks cannot tell, and with `thorough` also where they can
/// only tell as well as the times of files do.
Result<ForeignWrites> foreign_writes_since(const Driver& driver, Connection& connection,
                                           const Baseline& baseline, const ChangeMark& now,
                                           bool thorough);

/// `orders: 12 rows more`, and so on, for every table.
std::vector<std::string> describe_differences(const RowCounts& before, const RowCounts& after);

}  // namespace belay::runtime

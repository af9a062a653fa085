#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "analyzer/schema/schema.h"
#include "analyzer/sql/script.h"

/// What becomes of a script that does not run once, from its first statement to its last: in
/// another order, a second time, or after a part of another one. Scripts of more than fifty
/// statements are not tried.
namespace belay::rollback {

/// The statement of the down behind which `failing`, one of its statements, would run: where the
/// whole of it runs in another order and leads back to the schema before the up. None where no
/// order does.
std::optional<uint32_t> runs_behind(const sql::ParsedScript& down, uint32_t failing,
                                    const schema::Schema& before, const schema::Schema& after_up);

/// Where a script stops, for sure.
struct Stop {
  uint32_t statement = 0;
  std::string why;
  /// The statement at which the run before broke off.
  uint32_t broken_off_at = 0;
};

/// The first stop of a down that runs again from its beginning, after a run that broke off at one
/// of its statements. The down must run without failure on `after_up`.
std::optional<Stop> stop_of_second_run(const sql::ParsedScript& down,
                                       const schema::Schema& after_up);

/// The first stop of a down behind an up that broke off at one of its statements.
std::optional<Stop> stop_behind_partial_up(const sql::ParsedScript& up,
                                           const schema::Schema& before,
                                           const sql::ParsedScript& down);

}  // namespace belay::rollback

#pragma once

#include <span>
#include <string_view>

#include "analyzer/project/project.h"
#include "analyzer/sql/script.h"

namespace belay {

/// Makes a script say of each statement what it does as far as that is known before it runs. A
/// statement with a part in it that the program decides is unknown, unless the part is a value
/// among rows that are inserted, changed or deleted; behind a statement that may not run nothing is
/// sure that it would have changed. `text` is what the script was parsed from.
void mark_run_time_parts(sql::ParsedScript& script, std::span<const project::RunTimePart> parts,
                         std::string_view text, Engine engine);

}  // namespace belay

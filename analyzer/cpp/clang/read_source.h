#pragma once

#include "analyzer/cpp/reading.h"

namespace belay::cpp {

/// Reads a source with Clang's own front end: the migrations in it, and the SQL that they run.
/// Errors in the source, a header that is not there among them, do not keep it from being read as
/// far as it can be understood.
Reading read_source(const Request& request);

}  // namespace belay::cpp

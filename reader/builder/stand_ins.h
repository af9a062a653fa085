#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

#include "analyzer/cpp/builder.h"

/// What the builder is given for an argument that nobody knows, and how that is found again in the
/// SQL that it writes.
namespace belay::reader {

/// Thrown where nothing can stand for an argument that is not known, since it decides what the SQL
/// looks like.
struct NotKnown {
  size_t stand_in;
};

/// Holds what the builder writes in another way as a name, as a constant and as SQL.
std::string text_for(size_t stand_in);
/// Smaller for each further one, so that a scale never exceeds its precision.
int number_for(size_t stand_in);

/// Makes a hole of each stand-in in the statement.
void open_holes(cpp::BuilderStatement& statement);

}  // namespace belay::reader

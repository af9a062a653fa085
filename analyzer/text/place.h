#pragma once

#include <string>

#include "analyzer/text/range.h"

namespace belay {

/// A place in a file, in bytes from its start.
struct Place {
  std::string path;
  ByteRange range;

  friend auto operator<=>(const Place&, const Place&) = default;
};

}  // namespace belay

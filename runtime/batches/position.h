#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <belay/connection.h>

namespace belay::runtime {

/// How far a table has been gone through: the content of `Batch::position`.
struct BatchPosition {
  std::string table, key;  ///< as the options name them
  Value end;               ///< the last key of the start; NULL: not known yet
  Value last;              ///< of the batches that are done; NULL: none is
  uint64_t batches = 0;
  uint64_t rows = 0;

  /// As JSON.
  std::string to_text() const;
  /// Empty where the text is not of `to_text`.
  static std::optional<BatchPosition> read(std::string_view text);
};

}  // namespace belay::runtime

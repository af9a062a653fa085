#pragma once

#include <cstdint>

#include <belay/connection.h>

#include "runtime/io/json.h"

namespace belay::runtime::sqlite {

/// How a database lies in its file. The manifest of a snapshot has it as its details.
struct Layout {
  uint32_t page_size = 0;
  uint64_t pages = 0;
  bool has_log = false;  ///< in WAL mode
  int64_t user_version = 0;

  uint64_t bytes() const { return page_size * pages; }
};

Result<Layout> read_layout(Connection& connection);

Json to_json(const Layout& layout);
Layout layout_from_json(const Json& json);

}  // namespace belay::runtime::sqlite

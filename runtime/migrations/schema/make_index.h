#pragma once

#include <string_view>

#include <belay/schema.h>

namespace belay::builder {

/// CREATE INDEX. With `if_not_exists` an index of that name is compared: see `Schema`.
void make_index(Database& db, std::string_view table, const TableIndex& index);

}  // namespace belay::builder

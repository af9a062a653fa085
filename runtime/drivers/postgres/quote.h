#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/drivers/quote.h"

namespace belay::runtime::postgres {

/// `ARRAY[1,2]::oid[]`.
std::string oid_array(const std::vector<int64_t>& oids);
/// `text` as a string constant that means the same whatever `standard_conforming_strings` says.
std::string quote_text(std::string_view text);

}  // namespace belay::runtime::postgres

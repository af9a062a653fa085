#pragma once

#include <string>
#include <string_view>

namespace belay::runtime::postgres {

/// `name` in double quotes.
std::string quote_name(std::string_view name);
/// `text` as a string constant that means the same whatever `standard_conforming_strings` says.
std::string quote_text(std::string_view text);

}  // namespace belay::runtime::postgres

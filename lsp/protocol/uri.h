#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace belay::lsp {

/// The path of a `file:` URI on this machine, decoded and normalized; none for other schemes, other
/// hosts, and what does not decode.
std::optional<std::string> path_of_uri(std::string_view uri);

/// The `file:` URI of an absolute path.
std::string uri_of_path(std::string_view path);

/// `%41` to `A`; what is no escape stays.
std::string percent_decoded(std::string_view text);

/// The same for every way in which editors write one URI: what tells documents apart.
std::string uri_key(std::string_view uri);

}  // namespace belay::lsp

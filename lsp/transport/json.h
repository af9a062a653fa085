#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace belay::lsp {

using Json = nlohmann::json;

/// Reads a JSON text. None where it is none. What is no Unicode in its strings, ill-formed UTF-8 as
/// well as `\uD800` without its other half, becomes U+FFFD: editors send such texts when a document
/// holds them, and to lose a change to a document would be worse. In UTF-16 the columns behind a
/// lone surrogate stay what they were.
std::optional<Json> parse_json(std::string_view text);

/// `text` with U+FFFD in place of what is no Unicode.
std::string repaired_json(std::string_view text);

}  // namespace belay::lsp

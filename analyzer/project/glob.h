#pragma once

#include <string_view>

namespace belay::project {

/// Whether `path` (relative, with `/`) matches a glob pattern: `*` and `?` within one part of the
/// path, `**` for any number of parts, `[a-z]` and `[!a-z]` for one character. A pattern that
/// matches a folder matches all below it; one without a slash matches a name at any depth.
bool glob_matches(std::string_view pattern, std::string_view path);

}  // namespace belay::project

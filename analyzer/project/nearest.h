#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace belay::project {

/// How many letters have to be added, removed, replaced or swapped with their neighbour to turn
/// `a` into `b`. Case does not count, and `-` and `_` are the same letter.
size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that `word` was most likely meant to be; none where nothing is near enough.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates);

/// `; did you mean `x`?`, or nothing: the end of a message about an unknown word.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace belay::project

#pragma once

#include <optional>

#include <belay/plan.h>

namespace belay::runtime {

/// What a `begin` that is given this advice takes.
GuardChoice guard_of_begin(const std::optional<GuardAdvice>& advice, bool database_exists);

}  // namespace belay::runtime

#pragma once

#include <cstdint>
#include <string>

#include <belay/result.h>

namespace belay::runtime {

/// Errors: on the disk of `directory` there is not room for `needed` bytes with `margin` to stay
/// free, or it cannot be told.
Result<void> check_free_space(const std::string& directory, uint64_t needed, uint64_t margin);

}  // namespace belay::runtime

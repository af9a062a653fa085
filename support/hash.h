#pragma once

#include <cstdint>
#include <string_view>

namespace belay {

/// A fast hash of bytes, for tables in memory. Not stable across versions, not for files.
uint64_t hash_bytes(std::string_view bytes, uint64_t seed = 0);

/// Mixes two hashes into one; the order counts.
constexpr uint64_t combine_hashes(uint64_t a, uint64_t b) {
  uint64_t h = a ^ (b + 0x9E3779B97F4A7C15U + (a << 6U) + (a >> 2U));
  h ^= h >> 32U;
  h *= 0xD6E8FEB86659FD93U;
  return h ^ (h >> 32U);
}

}  // namespace belay

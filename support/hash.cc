#include "support/hash.h"

#include <cstring>

namespace belay {
namespace {

uint64_t multiply_and_fold(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64U);
}

}  // namespace

uint64_t hash_bytes(std::string_view bytes, uint64_t seed) {
  constexpr uint64_t kFirst = 0xA0761D6478BD642FU;
  constexpr uint64_t kSecond = 0xE7037ED1A0B428DBU;
  uint64_t h = seed ^ kFirst ^ bytes.size();
  const char* at = bytes.data();
  size_t left = bytes.size();
  while (left >= sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    h = multiply_and_fold(h ^ word, kSecond);
    at += sizeof word;
    left -= sizeof word;
  }
  uint64_t tail = 0;
  std::memcpy(&tail, at, left);
  return multiply_and_fold(h ^ tail, kFirst ^ kSecond);
}

}  // namespace belay

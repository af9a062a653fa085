#pragma once

#include <endian.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

/// What is to be known of SQLite's file format (https://www.sqlite.org/fileformat.html): numbers
/// stand with their most significant byte first, and a header of 100 bytes begins the first page.
namespace belay::runtime::sqlite {

inline uint32_t big_endian(const void* bytes) {
  uint32_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return be32toh(value);
}

inline void put_big_endian(void* to, uint32_t value) {
  value = htobe32(value);
  std::memcpy(to, &value, sizeof value);
}

/// Where fields of the header stand (section 1.3).
namespace header {
inline constexpr size_t kWriteVersion = 18;  ///< with the read version behind it: WAL or not
inline constexpr size_t kChangeCounter = 24;
inline constexpr size_t kSchemaCookie = 40;
inline constexpr size_t kVersionValidFor = 92;  ///< the change counter of the last writer
inline constexpr size_t kLibraryVersion = 96;   ///< of the last writer
}  // namespace header

/// Makes two first pages equal that differ in nothing but what SQLite counts by itself.
inline void clear_counters(char* first_page) {
  for (const size_t at : {header::kChangeCounter, header::kSchemaCookie, header::kVersionValidFor,
                          header::kLibraryVersion}) {
    put_big_endian(first_page + at, 0);
  }
}

/// The same for two that also differ in whether there is a write-ahead log.
inline void clear_journal_mode(char* first_page) {
  first_page[header::kWriteVersion] = 0;
  first_page[header::kWriteVersion + 1] = 0;
}

}  // namespace belay::runtime::sqlite

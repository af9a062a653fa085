#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/project/project.h"
#include "analyzer/text/dialect.h"

// Names of migration files, as their tools read them. Every view borrows the name.
namespace belay::project {

bool is_sql(std::string_view name);

/// The digits at the front of a name.
std::string_view leading_digits(std::string_view name);

/// Whether the digits are a number from 1 (or 0, where `zero`) up to the largest of 63 bits, which
/// is what Go's and Rust's tools take. An empty text is none.
bool is_int64(std::string_view digits, bool zero);

/// A file with one direction: `x.up.sql`, `x.down.sql`. Some runners take `x_up.sql` too, and some
/// people write `x..up.sql`.
struct DirectedName {
  std::string_view stem;  ///< all before the dot or underscore
  Direction direction = Direction::kUp;
  enum class Separator : uint8_t { kDot, kUnderscore, kDoubledDot } separator = Separator::kDot;
};
std::optional<DirectedName> directed_name(std::string_view name);

/// The number at the front of a stem and what follows it: `0042_split` and `V0042.Split` give
/// `0042` and the word. Without a number the title is the whole.
struct NumberedStem {
  std::string_view number;
  std::string_view title;
};
NumberedStem numbered_stem(std::string_view stem);

/// `V1_2__add_x.sql`, `U1.2__x.sql`, `B3__x.sql`, `R__x.sql`.
struct FlywayName {
  char prefix = 'V';
  std::string_view version;      ///< as written; empty behind R
  std::string_view description;  ///< as written, with its underscores
  /// Begins like a versioned migration, but the version is missing or has something in it that is
  /// neither digit nor separator.
  bool valid = true;
};
/// None where the name does not begin like one of Flyway's.
std::optional<FlywayName> flyway_name(std::string_view name);

/// `20200101_x.postgres.autocommit.up.sql`.
struct PopName {
  std::string_view version;
  std::string_view title;
  std::string_view dialect;  ///< as written; empty for the file that serves all
  bool autocommit = false;
  Direction direction = Direction::kUp;
  bool fizz = false;  ///< not SQL
};
std::optional<PopName> pop_name(std::string_view name);
/// An infix that pop knows as a dialect, whether Belay knows it or not.
bool is_pop_dialect(std::string_view infix);

/// The engine that a folder's name speaks of: `postgres`, `migrations_pg`, `sqlite3-schema`.
std::optional<Engine> engine_in_folder_name(std::string_view name);

}  // namespace belay::project

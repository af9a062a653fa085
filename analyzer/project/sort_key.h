#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace belay::project {

/// Compares decimal numbers of any length: negative, zero or positive. Leading zeros do not count.
int compare_numbers(std::string_view a, std::string_view b);

/// Where a migration stands in the order of its tool. Tools differ in what they compare, so a key
/// has room for all of them, compared from the first member to the last:
///   golang-migrate, goose, sqlx, refinery   one number
///   Flyway, node-pg-migrate                 several numbers, missing ones being 0
///   dbmate, diesel, Prisma, pop             text
///   sql-migrate, a project's own runner     numbers first, then text; names without a number last
struct SortKey {
  int rank = 0;
  std::vector<std::string> numbers;
  std::string text;
};

/// Negative, zero or positive. Zero means that the tool cannot tell the two apart.
int compare(const SortKey& a, const SortKey& b);

/// A Flyway version: `1_2` and `1.2.0` are equal.
SortKey flyway_key(std::string_view version);
SortKey number_key(std::string_view number);
SortKey text_key(std::string_view text);
/// By the number at the front, then by the whole name; names without a number come last.
SortKey number_then_text_key(std::string_view number, std::string_view text);

}  // namespace belay::project

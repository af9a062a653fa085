#include "analyzer/project/sort_key.h"

#include <algorithm>

namespace belay::project {
namespace {

int sign(std::strong_ordering order) { return order < 0 ? -1 : (order > 0 ? 1 : 0); }

std::string_view without_leading_zeros(std::string_view number) {
  while (number.size() > 1 && number.front() == '0') number.remove_prefix(1);
  return number;
}

}  // namespace

int compare_numbers(std::string_view a, std::string_view b) {
  a = without_leading_zeros(a.empty() ? "0" : a);
  b = without_leading_zeros(b.empty() ? "0" : b);
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return sign(a <=> b);
}

int compare(const SortKey& a, const SortKey& b) {
  if (a.rank != b.rank) return a.rank < b.rank ? -1 : 1;
  const size_t count = std::max(a.numbers.size(), b.numbers.size());
  for (size_t i = 0; i < count; ++i) {
    const std::string_view x = i < a.numbers.size() ? std::string_view(a.numbers[i]) : "0";
    const std::string_view y = i < b.numbers.size() ? std::string_view(b.numbers[i]) : "0";
    if (const int order = compare_numbers(x, y); order != 0) return order;
  }
  return sign(a.text <=> b.text);
}

SortKey flyway_key(std::string_view version) {
  SortKey key;
  while (!version.empty()) {
    const size_t end = std::min(version.find_first_of("._"), version.size());
    key.numbers.emplace_back(version.substr(0, end));
    version.remove_prefix(std::min(end + 1, version.size()));
  }
  return key;
}

SortKey number_key(std::string_view number) { return {0, {std::string(number)}, ""}; }

SortKey text_key(std::string_view text) { return {0, {}, std::string(text)}; }

SortKey number_then_text_key(std::string_view number, std::string_view text) {
  if (number.empty()) return {1, {}, std::string(text)};
  return {0, {std::string(number)}, std::string(text)};
}

}  // namespace belay::project

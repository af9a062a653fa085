// By version first; where dependencies say otherwise, each migration as early as they let it.
#include <algorithm>
#include <map>
#include <queue>
#include <utility>

#include <belay/migrations.h>

#include "support/ascii.h"

namespace belay {

using runtime::MigrationScript;

namespace {

/// A piece of a version: a number without leading zeros, or a word.
struct Piece {
  bool is_word = false;
  size_t digits = 0;
  std::string text;

  auto operator<=>(const Piece&) const = default;
};

using VersionKey = std::vector<Piece>;

Piece number(std::string digits) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  return {false, digits.size(), std::move(digits)};
}

/// `2026_01_31_120000` is the moment that `20260131120000` is, and `20260131` comes before both.
std::optional<VersionKey> moment_of(std::string_view version) {
  constexpr size_t kYear = 4;
  constexpr size_t kDay = 8;
  constexpr size_t kSecond = 14;
  std::string digits;
  for (size_t i = 0; i < version.size(); ++i) {
    const char c = version[i];
    if (ascii::is_digit(c)) {
      digits += c;
    } else if (digits.size() < kYear ||
               std::string_view("_-T:").find(c) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  if (digits.size() < kDay || digits[0] == '0') return std::nullopt;
  if (digits.size() < kSecond) digits.resize(kSecond, '0');
  return VersionKey{number(std::move(digits))};
}

VersionKey key_of(std::string_view version) {
  if (auto moment = moment_of(version)) return *std::move(moment);
  VersionKey out;
  for (size_t i = 0; i < version.size();) {
    const size_t begin = i;
    const bool digit = ascii::is_digit(version[i]);
    while (i < version.size() && ascii::is_digit(version[i]) == digit) ++i;
    std::string text(version.substr(begin, i - begin));
    out.push_back(digit ? number(std::move(text)) : Piece{true, 0, std::move(text)});
  }
  return out;
}

using Versions = std::map<std::string, size_t, std::less<>>;

Error about(const MigrationScript& migration, std::string message, std::string hint) {
  return {migration.display_name() + ": " + std::move(message), migration.up.path, std::move(hint)};
}

Result<Versions> versions_of(const std::vector<MigrationScript>& migrations) {
  Versions out;
  for (size_t i = 0; i < migrations.size(); ++i) {
    const MigrationScript& migration = migrations[i];
    if (migration.version.empty()) {
      return about(migration, "it has no version", "give it one");
    }
    const auto [other, is_new] = out.emplace(migration.version, i);
    if (is_new) continue;
    return about(migration,
                 "its version is that of " + migrations[other->second].display_name() +
                     (migrations[other->second].up.path.empty()
                          ? std::string()
                          : " in " + migrations[other->second].up.path),
                 "give one of them another version");
  }
  return out;
}

/// What is left when everything has come that can come waits for itself; the names of one round.
std::string cycle_among(const std::vector<MigrationScript>& migrations, const Versions& versions,
                        const std::vector<size_t>& missing) {
  size_t at = 0;
  while (missing[at] == 0) ++at;
  std::vector<size_t> way;
  while (std::find(way.begin(), way.end(), at) == way.end()) {
    way.push_back(at);
    for (const std::string& dependency : migrations[at].dependencies) {
      const size_t next = versions.find(dependency)->second;
      if (missing[next] == 0) continue;
      at = next;
      break;
    }
  }
  std::string out;
  for (auto i = std::find(way.begin(), way.end(), at); i != way.end(); ++i) {
    out += migrations[*i].display_name() + " needs ";
  }
  return out + migrations[at].display_name();
}

}  // namespace

Result<std::vector<MigrationScript>> in_order(std::vector<MigrationScript> migrations,
                                              std::vector<MigrationScript> in_their_order) {
  std::vector<std::pair<VersionKey, size_t>> keys;
  for (size_t i = 0; i < migrations.size(); ++i) {
    keys.emplace_back(key_of(migrations[i].version), i);
  }
  std::stable_sort(keys.begin(), keys.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<MigrationScript> sorted;
  sorted.reserve(migrations.size() + in_their_order.size());
  auto next = keys.begin();
  for (MigrationScript& kept : in_their_order) {
    const VersionKey key = key_of(kept.version);
    for (; next != keys.end() && next->first < key; ++next) {
      sorted.push_back(std::move(migrations[next->second]));
    }
    sorted.push_back(std::move(kept));
  }
  for (; next != keys.end(); ++next) sorted.push_back(std::move(migrations[next->second]));

  Result<Versions> versions = versions_of(sorted);
  if (!versions) return std::move(versions).error();
  std::vector<size_t> missing(sorted.size());
  std::vector<std::vector<size_t>> needed_by(sorted.size());
  for (size_t i = 0; i < sorted.size(); ++i) {
    for (const std::string& dependency : sorted[i].dependencies) {
      const auto found = versions->find(dependency);
      if (found == versions->end()) {
        return about(sorted[i], "it depends on version " + dependency + ", which is not there",
                     "correct the version, or add the migration");
      }
      ++missing[i];
      needed_by[found->second].push_back(i);
    }
  }
  std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (missing[i] == 0) ready.push(i);
  }
  std::vector<MigrationScript> out;
  std::vector<size_t> order;
  while (!ready.empty()) {
    const size_t i = ready.top();
    ready.pop();
    order.push_back(i);
    for (const size_t later : needed_by[i]) {
      if (--missing[later] == 0) ready.push(later);
    }
  }
  if (order.size() < sorted.size()) {
    return Error{"dependencies go in a circle: " + cycle_among(sorted, *versions, missing), "",
                 "take one of them out"};
  }
  out.reserve(order.size());
  for (const size_t i : order) out.push_back(std::move(sorted[i]));
  return out;
}

}  // namespace belay

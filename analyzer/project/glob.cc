#include "analyzer/project/glob.h"

#include <cstddef>
#include <string>

namespace belay::project {
namespace {

constexpr size_t kNowhere = std::string_view::npos;

/// Whether `c` is in the bracket that begins behind `[` at `at`; `at` then lies behind `]`. A
/// bracket that does not end is an ordinary `[`.
bool bracket_matches(std::string_view pattern, size_t& at, char c) {
  const size_t close = pattern.find(']', at + 1);
  if (close == kNowhere) return c == '[';
  std::string_view set = pattern.substr(at, close - at);
  at = close + 1;
  const bool negated = set.starts_with('!') || set.starts_with('^');
  if (negated) set.remove_prefix(1);
  bool found = false;
  for (size_t i = 0; i < set.size(); ++i) {
    const bool is_span = i + 2 < set.size() && set[i + 1] == '-';
    found |= is_span ? set[i] <= c && c <= set[i + 2] : set[i] == c;
    if (is_span) i += 2;
  }
  return found != negated && c != '/';
}

/// Matches from the front, and goes back to the last star where that fails: one level of going
/// back is enough for `*`, and a second one for `**`, so the time is bounded by the product of the
/// lengths squared, not by an exponential.
bool matches(std::string_view pattern, std::string_view path) {
  size_t p = 0;
  size_t s = 0;
  size_t star = kNowhere;       // behind the last `*`
  size_t star_from = 0;         // where in the path it may end next
  size_t deep_star = kNowhere;  // the same for `**`
  size_t deep_star_from = 0;
  bool deep_star_ends_part = false;  // it was `**/`: what follows begins a part
  for (;;) {
    if (p == pattern.size() && (s == path.size() || path[s] == '/')) return true;
    if (p < pattern.size()) {
      if (pattern.substr(p).starts_with("**")) {
        p += 2;
        deep_star_ends_part = p < pattern.size() && pattern[p] == '/';
        if (deep_star_ends_part) ++p;  // `**/x` also matches `x`
        deep_star = p;
        deep_star_from = s;
        star = kNowhere;
        continue;
      }
      if (pattern[p] == '*') {
        star = ++p;
        star_from = s;
        continue;
      }
      if (s < path.size()) {
        size_t next = p + 1;
        const bool fits = pattern[p] == '['   ? bracket_matches(pattern, next, path[s])
                          : pattern[p] == '?' ? path[s] != '/'
                                              : pattern[p] == path[s];
        if (fits) {
          p = next;
          ++s;
          continue;
        }
      }
    }
    if (star != kNowhere && star_from < path.size() && path[star_from] != '/') {
      p = star;
      s = ++star_from;
    } else if (deep_star != kNowhere && deep_star_from < path.size()) {
      const size_t slash = deep_star_ends_part ? path.find('/', deep_star_from) : deep_star_from;
      if (slash == kNowhere) return false;
      p = deep_star;
      s = deep_star_from = slash + 1;
      star = kNowhere;
    } else {
      return false;
    }
  }
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view path) {
  if (pattern.starts_with("./")) pattern.remove_prefix(2);
  const bool anchored = pattern.starts_with('/');
  if (anchored) pattern.remove_prefix(1);
  while (pattern.ends_with('/')) pattern.remove_suffix(1);
  if (pattern.empty()) return false;
  if (!anchored && pattern.find('/') == kNowhere) {
    return matches("**/" + std::string(pattern), path);
  }
  return matches(pattern, path);
}

}  // namespace belay::project

// Windows: what stands behind OVER and in the WINDOW clause.

#include "analyzer/sql/sqlite/grammar.h"

namespace belay::sql::sqlite {
namespace {

/// The places a frame can begin or end at, in their order.
enum Bound : int { kPrecedingBound, kCurrentBound, kFollowingBound };

bool is_frame_unit(Symbol s) {
  return s == Symbol::kRange || s == Symbol::kRows || s == Symbol::kGroups;
}

}  // namespace

/// `WINDOW name AS (...), ...`
bool Grammar::window_clause() {
  cursor_.take();
  do {
    if (!any_name() || !expect(Symbol::kAs, Symbol::kLeftParen)) return false;
    if (!window() || !expect(Symbol::kRightParen)) return false;
  } while (accept(Symbol::kComma));
  return true;
}

/// What stands in a window's brackets: `[base] [PARTITION BY ...] [ORDER BY ...] [frame]`.
bool Grammar::window() {
  const Symbol s = cursor_.symbol();
  if (is_name(s) && s != Symbol::kPartition && !is_frame_unit(s)) cursor_.take();
  if (accept(Symbol::kPartition)) {
    if (!expect(Symbol::kBy) || !any_expressions()) return false;
  }
  return order_by_opt() && (!is_frame_unit(cursor_.symbol()) || frame());
}

/// `ROWS bound` or `ROWS BETWEEN bound AND bound`, then perhaps EXCLUDE.
bool Grammar::frame() {
  const ByteRange unit = cursor_.take().range;
  int first = kPrecedingBound;
  int last = kCurrentBound;
  if (accept(Symbol::kBetween)) {
    if (!frame_bound(true, first) || !expect(Symbol::kAnd) || !frame_bound(false, last)) {
      return false;
    }
  } else if (!frame_bound(true, first)) {
    return false;
  }
  const bool backwards = first > last;
  if (accept(Symbol::kExclude) && !frame_exclusion()) return false;
  return !backwards || complain(unit, "the window's frame ends before it begins");
}

bool Grammar::frame_bound(bool is_first, int& bound) {
  if (accept(Symbol::kUnbounded)) {
    bound = is_first ? kPrecedingBound : kFollowingBound;
    return expect(is_first ? Symbol::kPreceding : Symbol::kFollowing);
  }
  if (accept(Symbol::kCurrent)) {
    bound = kCurrentBound;
    return expect(Symbol::kRow);
  }
  if (!any_expression()) return false;
  bound = is(Symbol::kPreceding) ? kPrecedingBound : kFollowingBound;
  return accept(Symbol::kPreceding) || expect(Symbol::kFollowing);
}

/// Behind EXCLUDE.
bool Grammar::frame_exclusion() {
  if (accept(Symbol::kNo)) return expect(Symbol::kOthers);
  if (accept(Symbol::kCurrent)) return expect(Symbol::kRow);
  return accept(Symbol::kGroup) || expect(Symbol::kTies);
}

}  // namespace belay::sql::sqlite

// Which words SQLite takes as keywords.
//
// The lookup stands on the path of every word of every statement, so it is a perfect hash: two
// characters from either end and the length choose one slot, and one comparison decides. The
// compiler builds the table and refuses a multiplier under which two keywords meet.

#include <array>
#include <cstddef>

#include "analyzer/sql/sqlite/symbol.h"

namespace belay::sql::sqlite {
namespace {

struct Keyword {
  std::string_view word;
  Symbol symbol = Symbol::kId;
};

constexpr std::array kKeywords = {
    Keyword{"abort", Symbol::kAbort},
    Keyword{"action", Symbol::kAction},
    Keyword{"add", Symbol::kAdd},
    Keyword{"after", Symbol::kAfter},
    Keyword{"all", Symbol::kAll},
    Keyword{"alter", Symbol::kAlter},
    Keyword{"always", Symbol::kAlways},
    Keyword{"analyze", Symbol::kAnalyze},
    Keyword{"and", Symbol::kAnd},
    Keyword{"as", Symbol::kAs},
    Keyword{"asc", Symbol::kAsc},
    Keyword{"attach", Symbol::kAttach},
    Keyword{"autoincrement", Symbol::kAutoincrement},
    Keyword{"before", Symbol::kBefore},
    Keyword{"begin", Symbol::kBegin},
    Keyword{"between", Symbol::kBetween},
    Keyword{"by", Symbol::kBy},
    Keyword{"cascade", Symbol::kCascade},
    Keyword{"case", Symbol::kCase},
    Keyword{"cast", Symbol::kCast},
    Keyword{"check", Symbol::kCheck},
    Keyword{"collate", Symbol::kCollate},
    Keyword{"column", Symbol::kColumn},
    Keyword{"commit", Symbol::kCommit},
    Keyword{"conflict", Symbol::kConflict},
    Keyword{"constraint", Symbol::kConstraint},
    Keyword{"create", Symbol::kCreate},
    Keyword{"cross", Symbol::kJoinKeyword},
    Keyword{"current", Symbol::kCurrent},
    Keyword{"current_date", Symbol::kCurrentTime},
    Keyword{"current_time", Symbol::kCurrentTime},
    Keyword{"current_timestamp", Symbol::kCurrentTime},
    Keyword{"database", Symbol::kDatabase},
    Keyword{"default", Symbol::kDefault},
    Keyword{"deferrable", Symbol::kDeferrable},
    Keyword{"deferred", Symbol::kDeferred},
    Keyword{"delete", Symbol::kDelete},
    Keyword{"desc", Symbol::kDesc},
    Keyword{"detach", Symbol::kDetach},
    Keyword{"distinct", Symbol::kDistinct},
    Keyword{"do", Symbol::kDo},
    Keyword{"drop", Symbol::kDrop},
    Keyword{"each", Symbol::kEach},
    Keyword{"else", Symbol::kElse},
    Keyword{"end", Symbol::kEndKeyword},
    Keyword{"escape", Symbol::kEscape},
    Keyword{"except", Symbol::kExcept},
    Keyword{"exclude", Symbol::kExclude},
    Keyword{"exclusive", Symbol::kExclusive},
    Keyword{"exists", Symbol::kExists},
    Keyword{"explain", Symbol::kExplain},
    Keyword{"fail", Symbol::kFail},
    Keyword{"filter", Symbol::kFilter},
    Keyword{"first", Symbol::kFirst},
    Keyword{"following", Symbol::kFollowing},
    Keyword{"for", Symbol::kFor},
    Keyword{"foreign", Symbol::kForeign},
    Keyword{"from", Symbol::kFrom},
    Keyword{"full", Symbol::kJoinKeyword},
    Keyword{"generated", Symbol::kGenerated},
    Keyword{"glob", Symbol::kLike},
    Keyword{"group", Symbol::kGroup},
    Keyword{"groups", Symbol::kGroups},
    Keyword{"having", Symbol::kHaving},
    Keyword{"if", Symbol::kIf},
    Keyword{"ignore", Symbol::kIgnore},
    Keyword{"immediate", Symbol::kImmediate},
    Keyword{"in", Symbol::kIn},
    Keyword{"index", Symbol::kIndex},
    Keyword{"indexed", Symbol::kIndexed},
    Keyword{"initially", Symbol::kInitially},
    Keyword{"inner", Symbol::kJoinKeyword},
    Keyword{"insert", Symbol::kInsert},
    Keyword{"instead", Symbol::kInstead},
    Keyword{"intersect", Symbol::kIntersect},
    Keyword{"into", Symbol::kInto},
    Keyword{"is", Symbol::kIs},
    Keyword{"isnull", Symbol::kIsNull},
    Keyword{"join", Symbol::kJoin},
    Keyword{"key", Symbol::kKey},
    Keyword{"last", Symbol::kLast},
    Keyword{"left", Symbol::kJoinKeyword},
    Keyword{"like", Symbol::kLike},
    Keyword{"limit", Symbol::kLimit},
    Keyword{"match", Symbol::kMatch},
    Keyword{"materialized", Symbol::kMaterialized},
    Keyword{"natural", Symbol::kJoinKeyword},
    Keyword{"no", Symbol::kNo},
    Keyword{"not", Symbol::kNot},
    Keyword{"nothing", Symbol::kNothing},
    Keyword{"notnull", Symbol::kNotNull},
    Keyword{"null", Symbol::kNull},
    Keyword{"nulls", Symbol::kNulls},
    Keyword{"of", Symbol::kOf},
    Keyword{"offset", Symbol::kOffset},
    Keyword{"on", Symbol::kOn},
    Keyword{"or", Symbol::kOr},
    Keyword{"order", Symbol::kOrder},
    Keyword{"others", Symbol::kOthers},
    Keyword{"outer", Symbol::kJoinKeyword},
    Keyword{"over", Symbol::kOver},
    Keyword{"partition", Symbol::kPartition},
    Keyword{"plan", Symbol::kPlan},
    Keyword{"pragma", Symbol::kPragma},
    Keyword{"preceding", Symbol::kPreceding},
    Keyword{"primary", Symbol::kPrimary},
    Keyword{"query", Symbol::kQuery},
    Keyword{"raise", Symbol::kRaise},
    Keyword{"range", Symbol::kRange},
    Keyword{"recursive", Symbol::kRecursive},
    Keyword{"references", Symbol::kReferences},
    Keyword{"regexp", Symbol::kLike},
    Keyword{"reindex", Symbol::kReindex},
    Keyword{"release", Symbol::kRelease},
    Keyword{"rename", Symbol::kRename},
    Keyword{"replace", Symbol::kReplace},
    Keyword{"restrict", Symbol::kRestrict},
    Keyword{"returning", Symbol::kReturning},
    Keyword{"right", Symbol::kJoinKeyword},
    Keyword{"rollback", Symbol::kRollback},
    Keyword{"row", Symbol::kRow},
    Keyword{"rows", Symbol::kRows},
    Keyword{"savepoint", Symbol::kSavepoint},
    Keyword{"select", Symbol::kSelect},
    Keyword{"set", Symbol::kSet},
    Keyword{"table", Symbol::kTable},
    Keyword{"temp", Symbol::kTemp},
    Keyword{"temporary", Symbol::kTemp},
    Keyword{"then", Symbol::kThen},
    Keyword{"ties", Symbol::kTies},
    Keyword{"to", Symbol::kTo},
    Keyword{"transaction", Symbol::kTransaction},
    Keyword{"trigger", Symbol::kTrigger},
    Keyword{"unbounded", Symbol::kUnbounded},
    Keyword{"union", Symbol::kUnion},
    Keyword{"unique", Symbol::kUnique},
    Keyword{"update", Symbol::kUpdate},
    Keyword{"using", Symbol::kUsing},
    Keyword{"vacuum", Symbol::kVacuum},
    Keyword{"values", Symbol::kValues},
    Keyword{"view", Symbol::kView},
    Keyword{"virtual", Symbol::kVirtual},
    Keyword{"when", Symbol::kWhen},
    Keyword{"where", Symbol::kWhere},
    Keyword{"window", Symbol::kWindow},
    Keyword{"with", Symbol::kWith},
    Keyword{"without", Symbol::kWithout},
};

constexpr size_t kLongestKeyword = 17;  // CURRENT_TIMESTAMP
constexpr uint32_t kMultiplier = 0x9e78d1e5;
constexpr int kSlotBits = 10;

/// Lower case for letters. Other characters of a word do not become letters by it.
constexpr char fold(char c) { return static_cast<char>(c | 0x20); }

/// For words of at least two characters.
constexpr uint32_t slot_of(std::string_view word) {
  const auto byte = [&](size_t i) { return uint32_t{static_cast<uint8_t>(fold(word[i]))}; };
  const size_t size = word.size();
  const uint32_t ends = byte(0) | byte(1) << 8 | byte(size - 2) << 16 | byte(size - 1) << 24;
  return (ends + static_cast<uint32_t>(size) * 0x01000193u) * kMultiplier >> (32 - kSlotBits);
}

constexpr uint8_t kNone = 0xff;

constexpr auto make_slots() {
  std::array<uint8_t, size_t{1} << kSlotBits> slots = {};
  slots.fill(kNone);
  for (size_t i = 0; i < kKeywords.size(); ++i) {
    uint8_t& slot = slots[slot_of(kKeywords[i].word)];
    if (slot != kNone) throw "two keywords in one slot: choose another multiplier";
    slot = static_cast<uint8_t>(i);
  }
  return slots;
}

constexpr auto kSlots = make_slots();

/// Whether `word` is the keyword, whose letters are lower case. Keywords hold letters and
/// underscores only, and no other character of a word folds into one of these.
constexpr bool same_word(std::string_view word, std::string_view keyword) {
  if (word.size() != keyword.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (fold(word[i]) != fold(keyword[i])) return false;
  }
  return true;
}

}  // namespace

Symbol keyword_symbol(std::string_view word) {
  if (word.size() < 2 || word.size() > kLongestKeyword) return Symbol::kId;
  const uint8_t index = kSlots[slot_of(word)];
  if (index == kNone || !same_word(word, kKeywords[index].word)) return Symbol::kId;
  return kKeywords[index].symbol;
}

}  // namespace belay::sql::sqlite

#pragma once

#include <cstdint>
#include <string_view>

#include "analyzer/sql/token_cursor.h"

namespace belay::sql::sqlite {

/// What SQLite's grammar tells apart. The order matters: the predicates below are comparisons.
enum class Symbol : uint8_t {
  kEnd,
  kIllegal,  ///< what SQLite's tokenizer refuses

  kSemicolon,
  kLeftParen,
  kRightParen,
  kComma,
  kDot,
  kEqual,  ///< = and ==
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kConcat,
  kArrow,  ///< -> and ->>
  kBitAnd,
  kBitOr,
  kShiftLeft,
  kShiftRight,
  kBitNot,

  kBlob,
  kNumber,
  kVariable,

  // Keywords that are nothing else.
  kAdd,
  kAll,
  kAlter,
  kAnd,
  kAs,
  kAutoincrement,
  kBetween,
  kCase,
  kCheck,
  kCollate,
  kCommit,
  kConstraint,
  kCreate,
  kDefault,
  kDeferrable,
  kDelete,
  kDistinct,
  kDrop,
  kElse,
  kEscape,
  kExcept,
  kExists,
  kFilter,  ///< where SQLite reads it as a keyword; else a name
  kForeign,
  kFrom,
  kGroup,
  kHaving,
  kIn,
  kIndex,
  kInsert,
  kIntersect,
  kInto,
  kIs,
  kIsNull,
  kJoin,
  kLimit,
  kNot,
  kNothing,
  kNotNull,
  kNull,
  kOn,
  kOr,
  kOrder,
  kOver,  ///< like kFilter
  kPrimary,
  kReferences,
  kReturning,
  kSelect,
  kSet,
  kTable,
  kThen,
  kTo,
  kTransaction,
  kUnion,
  kUnique,
  kUpdate,
  kUsing,
  kValues,
  kWhen,
  kWhere,
  kWindow,  ///< like kFilter

  // From here on: what may name a column or table.
  kString,
  kJoinKeyword,  ///< CROSS, FULL, INNER, LEFT, NATURAL, OUTER, RIGHT
  kIndexed,
  kId,           ///< a name, quoted or not
  kPlaceholder,  ///< ${name} or {{ name }}, which a runner replaces: anything that a name may be

  // Keywords that count as names where the grammar has no use for them as keywords.
  kAbort,
  kAction,
  kAfter,
  kAlways,
  kAnalyze,
  kAsc,
  kAttach,
  kBefore,
  kBegin,
  kBy,
  kCascade,
  kCast,
  kColumn,
  kConflict,
  kCurrent,
  kCurrentTime,  ///< CURRENT_DATE, CURRENT_TIME, CURRENT_TIMESTAMP
  kDatabase,
  kDeferred,
  kDesc,
  kDetach,
  kDo,
  kEach,
  kEndKeyword,
  kExclude,
  kExclusive,
  kExplain,
  kFail,
  kFirst,
  kFollowing,
  kFor,
  kGenerated,
  kGroups,
  kIf,
  kIgnore,
  kImmediate,
  kInitially,
  kInstead,
  kKey,
  kLast,
  kLike,  ///< LIKE, GLOB, REGEXP
  kMatch,
  kMaterialized,
  kNo,
  kNulls,
  kOf,
  kOffset,
  kOthers,
  kPartition,
  kPlan,
  kPragma,
  kPreceding,
  kQuery,
  kRaise,
  kRange,
  kRecursive,
  kReindex,
  kRelease,
  kRename,
  kReplace,
  kRestrict,
  kRollback,
  kRow,
  kRows,
  kSavepoint,
  kTemp,
  kTies,
  kTrigger,
  kUnbounded,
  kVacuum,
  kView,
  kVirtual,
  kWith,
  kWithout,
};

/// The name of a table, column or other object: a name, a string or a keyword that may be a name.
constexpr bool is_name(Symbol s) { return s >= Symbol::kString; }
/// A name as an expression takes it: no string.
constexpr bool is_id_or_join_keyword(Symbol s) { return s >= Symbol::kJoinKeyword; }
/// The same without the keywords of joins.
constexpr bool is_id_or_indexed(Symbol s) { return s >= Symbol::kIndexed; }
constexpr bool is_id(Symbol s) { return s >= Symbol::kId; }
/// An alias without AS, a word of a type, a collation.
constexpr bool is_id_or_string(Symbol s) { return s == Symbol::kString || is_id(s); }
constexpr bool begins_select(Symbol s) {
  return s == Symbol::kSelect || s == Symbol::kValues || s == Symbol::kWith;
}

using SqliteLexeme = Lexeme<Symbol>;
using Cursor = TokenCursor<Symbol>;

/// The keyword that a word is, in any case; `kId` where it is none. FILTER, OVER and WINDOW come
/// as keywords: whether they are depends on what stands around them.
Symbol keyword_symbol(std::string_view word);

}  // namespace belay::sql::sqlite

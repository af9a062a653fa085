#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/range.h"
#include "analyzer/text/token.h"

namespace belay::builder {

/// One constraint in the text of a CREATE TABLE, of a column or of the table. What SQLite's grammar
/// counts among the constraints of a column is one: DEFAULT, COLLATE, GENERATED.
struct TextConstraint {
  enum class Kind : uint8_t {
    kPrimaryKey,
    kUnique,
    kCheck,
    kForeignKey,
    kNotNull,
    kNull,
    kDefault,
    kCollate,
    kGenerated,
    kNothing,  ///< a name with nothing behind it
  };
  Kind kind = Kind::kNothing;
  std::string name;                  ///< empty: it has none
  ByteRange range;                   ///< with its name
  ByteRange body;                    ///< the expression in parentheses, without them
  std::vector<std::string> columns;  ///< of a key; of a column's constraint that column
  std::string other_table;
  std::vector<std::string> other_columns;
  bool stored = false;  ///< GENERATED ... STORED
};

struct TextColumn {
  std::string name;
  ByteRange name_range;
  ByteRange type;  ///< empty at its place where there is none
  ByteRange range;
  std::vector<TextConstraint> constraints;

  const TextConstraint* find(TextConstraint::Kind kind) const;
};

/// The text of a CREATE TABLE as SQLite stores it, cut into its pieces. Ranges are bytes of `sql`.
class TableText {
 public:
  /// Throws where it is not such a text, or one that this does not understand.
  explicit TableText(std::string sql);

  const std::string& sql() const { return sql_; }
  ByteRange name() const { return name_; }
  const std::vector<TextColumn>& columns() const { return columns_; }
  /// Those of the table.
  const std::vector<TextConstraint>& constraints() const { return constraints_; }
  const TextColumn* find(std::string_view column) const;
  /// Those of the table and of all columns.
  std::vector<const TextConstraint*> all_constraints() const;

  bool is_strict() const { return strict_; }
  bool is_without_rowid() const { return without_rowid_; }
  bool counts_up() const { return autoincrement_; }

  /// Whether a piece uses a column of that name.
  bool mentions(ByteRange piece, std::string_view column) const;

  /// What is removed when this piece of the body goes: with one comma, where it has one.
  ByteRange with_comma(ByteRange item) const;
  /// The same of a piece within a column: with the space before it, unless a comment stands there.
  ByteRange with_space(ByteRange piece) const;

 private:
  friend class TableReader;

  std::string sql_;
  std::vector<Token> tokens_;
  ByteRange name_;
  std::vector<TextColumn> columns_;
  std::vector<TextConstraint> constraints_;
  bool strict_ = false;
  bool without_rowid_ = false;
  bool autoincrement_ = false;
};

/// A name without its quotes.
std::string unquoted(std::string_view text);

/// Whether a SQL text uses a name as a column's: as a word or in quotes, but not as a function or a
/// collation.
bool text_mentions(std::string_view sql, std::string_view name);
/// Whether a name stands in it in double quotes, which SQLite reads as a text where there is no
/// such column.
bool text_quotes(std::string_view sql, std::string_view name);

}  // namespace belay::builder

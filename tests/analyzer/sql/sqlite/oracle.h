#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;

namespace belay::sql::sqlite {

/// What SQLite itself says of a statement.
struct Verdict {
  enum class Kind : uint8_t {
    kAccepted,
    kSyntax,      ///< the grammar, or the tokenizer, refuses it
    kDefinition,  ///< refused for what it says, whatever else the database holds
    kSchema,      ///< refused for an object or a column that is not there, or is there already
    kResolution,  ///< refused when names and functions of a query are looked up
  };

  Kind kind = Kind::kAccepted;
  std::string message;
  /// Of a syntax error: the offending token, and where SQLite says that it begins. Both empty for
  /// a statement that ends too early.
  std::string token;
  std::optional<uint32_t> offset;
  /// Of an accepted statement: how much of the text it is. SQLite reads one statement at a time.
  size_t size = 0;

  bool accepted() const { return kind == Kind::kAccepted; }
};

/// SQLite with a schema that the statements of the tests fit: tables t (a, b, c) and u (x, y), the
/// view v, the index i, the trigger tr. Statements are prepared, never run.
class Oracle {
 public:
  Oracle();
  ~Oracle();

  Verdict judge(std::string_view statement);

  /// Why the SQLite that is linked cannot be compared with; empty where it can. Other versions know
  /// other syntax and find other words for their errors.
  static std::string unfit();

 private:
  void open();

  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace belay::sql::sqlite

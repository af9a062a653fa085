#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "analyzer/schema/schema.h"
#include "analyzer/sql/script.h"

namespace belay::rollback {

/// The statements that made what the model does not hold as text: queries of views, bodies of
/// functions and triggers. Found by what they make, the newest first: what an object is called by
/// now, and which statement replaced it last, its origin need not tell.
class Originals {
 public:
  /// `ups`: the history's scripts in order, null where a migration has none. Borrowed.
  Originals(std::span<const sql::ParsedScript* const> ups, Dialect dialect)
      : ups_(ups), dialect_(dialect) {}

  /// Statements without semicolons, under the names that stand in `as` (and `on`); none where no
  /// statement of the history made just that.
  std::optional<std::string> view(const schema::View& view, std::string_view as) const;
  std::optional<std::string> function(const schema::Function& function, std::string_view key,
                                      bool replace) const;
  std::optional<std::string> trigger(const schema::Trigger& trigger, std::string_view as,
                                     std::string_view on) const;
  std::optional<std::string> rule(const schema::TableRule& rule, std::string_view as,
                                  std::string_view on) const;
  std::optional<std::string> other(const schema::OtherObject& object) const;
  std::optional<std::string> type(const schema::UserType& type, std::string_view as) const;
  /// A table whose statement says more than the model holds: virtual ones, CREATE TABLE AS, those
  /// that inherit.
  std::optional<std::string> table(const schema::Table& table, std::string_view as) const;
  /// A column's definition as it was written, from the statement that made it; empty without one.
  std::string column(const schema::Column& column) const;
  /// A table's CHECK as it was written, with its brackets; empty without one.
  std::string check(const schema::Constraint& constraint) const;
  /// A column's or table's name as it was written last before the end of the history.
  std::string spelling(std::string_view id) const;

 private:
  /// The statement of an origin in an up; null for others.
  const sql::ParsedStatement* statement(schema::Origin origin) const;
  /// Calls `visit(statement, operation index)` from the newest to the oldest until it returns true.
  template <class Visit>
  void search(Visit visit) const;
  /// The schema that holds nothing but what the operation makes.
  schema::Schema alone(const sql::ParsedStatement& statement, size_t operation) const;

  std::span<const sql::ParsedScript* const> ups_;
  Dialect dialect_;
};

}  // namespace belay::rollback

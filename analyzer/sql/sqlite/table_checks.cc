#include "analyzer/sql/sqlite/table_checks.h"

#include <algorithm>
#include <array>

#include "analyzer/sql/sqlite/scanner.h"
#include "support/ascii.h"

namespace belay::sql::sqlite {
namespace {

constexpr size_t kMaxColumns = 2000;  // SQLITE_MAX_COLUMN
constexpr size_t kManyColumns = 32;

/// The types that a STRICT table takes.
constexpr std::array<std::string_view, 6> kStrictTypes = {"any",     "blob", "int",
                                                          "integer", "real", "text"};

std::optional<Problem> problem(ByteRange range, std::string message) {
  return Problem{range, std::move(message)};
}

bool is_placeholder(std::string_view id) {
  return id.find("${") != std::string_view::npos || id.find("{{") != std::string_view::npos;
}

/// A type as SQLite compares it: whole, with its numbers.
bool is_type(const TypeName& type, std::string_view name) {
  return type.modifiers.empty() && type.name.name.id == name;
}

bool is_rowid_name(std::string_view id) { return id == "rowid" || id == "oid" || id == "_rowid_"; }

std::string quoted(std::string_view id) {
  std::string out(id);
  out.insert(out.begin(), '"');
  out.push_back('"');
  return out;
}

/// What a fact that is no column forbids; empty for what is allowed.
std::string_view forbidden(Fact::Kind kind, bool deterministic_only) {
  switch (kind) {
    case Fact::Kind::kSubquery: return "a subquery";
    case Fact::Kind::kParameter: return "a parameter";
    case Fact::Kind::kAggregate: return "an aggregate function";
    case Fact::Kind::kWindow: return "a window function";
    case Fact::Kind::kNonDeterministic:
      return deterministic_only ? "a function that is not deterministic" : "";
    case Fact::Kind::kRowMismatch: return "a comparison of row values of different length";
    case Fact::Kind::kColumn: return "";
  }
  return "";
}

}  // namespace

const ColumnDefinition* TableChecks::find(const CreateTable& table, const std::string& id) const {
  if (!column_places_.empty()) {
    const auto place = column_places_.find(id);
    return place == column_places_.end() ? nullptr : &table.columns[place->second];
  }
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const ColumnDefinition& c) { return c.name.id == id; });
  return found == table.columns.end() ? nullptr : &*found;
}

std::optional<Problem> TableChecks::add_column(const CreateTable& table) {
  const auto& columns = table.columns;
  const Name& name = columns.back().name;
  has_placeholder_ |= is_placeholder(name.id);
  if (columns.size() >= kManyColumns) {
    for (size_t i = column_places_.empty() ? 0 : columns.size() - 1; i < columns.size(); ++i) {
      column_places_.emplace(columns[i].name.id, i);
    }
  }
  if (columns.size() > kMaxColumns) return problem(name.range, "a table has at most 2000 columns");
  if (find(table, name.id) != &columns.back()) {
    return problem(name.range, "column " + quoted(name.id) + " is defined twice");
  }
  return std::nullopt;
}

std::optional<Problem> TableChecks::default_value(size_t first_fact, ByteRange place) const {
  for (size_t i = first_fact; i < facts_.size(); ++i) {
    switch (facts_[i].kind) {
      case Fact::Kind::kColumn:
      case Fact::Kind::kSubquery:
      case Fact::Kind::kParameter:
      case Fact::Kind::kWindow: return problem(place, "the default is not constant");
      default: break;
    }
  }
  return std::nullopt;
}

std::optional<Problem> TableChecks::generated(const ColumnDefinition& column, size_t first_fact,
                                              ByteRange place) {
  if (column.default_value || column.generated != ColumnDefinition::Generated::kNo) {
    return problem(place, "a column has one default or one generating expression, not two");
  }
  const bool is_key = std::find(primary_key_columns_.begin(), primary_key_columns_.end(),
                                column.name.id) != primary_key_columns_.end();
  if (is_key) return problem(place, "a generated column cannot be part of the primary key");
  pending_.push_back({Place::kGenerated, first_fact, facts_.size()});
  return std::nullopt;
}

// --- keys -----------------------------------------------------------------------------------

std::optional<Problem> TableChecks::primary_key(const CreateTable& table,
                                                const ConstraintDefinition& constraint,
                                                const std::vector<IndexElement>& key,
                                                ByteRange place) {
  if (has_primary_key_) return problem(place, "the table has more than one primary key");
  has_primary_key_ = true;
  for (const Name& name : constraint.columns) {
    const ColumnDefinition* column = find(table, name.id);
    if (column == nullptr) continue;
    if (column->generated != ColumnDefinition::Generated::kNo) {
      return problem(place, "a generated column cannot be part of the primary key");
    }
    primary_key_columns_.push_back(name.id);
  }
  if (constraint.autoincrement) autoincrement_ = place;
  const bool one_column = constraint.columns.size() == 1 && key.size() <= 1;
  const ColumnDefinition* column = one_column ? find(table, constraint.columns[0].id) : nullptr;
  const bool is_rowid =
      column != nullptr && is_type(column->type, "integer") && !constraint.descending;
  if (!is_rowid && constraint.autoincrement) {
    return problem(place, "AUTOINCREMENT works on an INTEGER PRIMARY KEY only");
  }
  if (!is_rowid) return add_key(table, constraint, key, place);
  return !key.empty() && key[0].nulls_first
             ? problem(key[0].range, "SQLite keeps no NULLS FIRST or LAST in an index")
             : std::nullopt;
}

std::optional<Problem> TableChecks::unique(const CreateTable& table,
                                           const ConstraintDefinition& constraint,
                                           const std::vector<IndexElement>& key, ByteRange place) {
  return add_key(table, constraint, key, place);
}

std::optional<Problem> TableChecks::key_columns(const CreateTable& table,
                                                const std::vector<IndexElement>& key) const {
  if (key.size() > kMaxColumns) return problem(key.back().range, "a key has at most 2000 columns");
  for (const IndexElement& element : key) {
    if (element.nulls_first) {
      return problem(element.range, "SQLite keeps no NULLS FIRST or LAST in an index");
    }
    if (element.column.empty()) {
      return problem(element.range, "PRIMARY KEY and UNIQUE take columns, no expressions");
    }
    if (find(table, element.column.id) == nullptr && !has_placeholder_ &&
        !is_placeholder(element.column.id)) {
      return problem(element.column.range, "the table has no column " + quoted(element.column.id));
    }
  }
  return std::nullopt;
}

/// What makes two keys the same: columns and collations in their order.
std::string TableChecks::key_of(const CreateTable& table,
                                const std::vector<IndexElement>& key) const {
  std::string out;
  const auto add = [&](const std::string& id, const QualifiedName& collation) {
    const ColumnDefinition* column = find(table, id);
    const QualifiedName& own =
        collation.empty() && column != nullptr ? column->collation : collation;
    out += id;
    out += '\0';
    out += own.empty() ? "binary" : own.name.id;
    out += '\0';
  };
  for (const IndexElement& element : key) add(element.column.id, element.collation);
  if (key.empty()) add(table.columns.back().name.id, {});
  return out;
}

std::optional<Problem> TableChecks::add_key(const CreateTable& table,
                                            const ConstraintDefinition& constraint,
                                            const std::vector<IndexElement>& key, ByteRange place) {
  if (auto found = key_columns(table, key)) return found;
  const std::string& conflict = constraint.on_conflict;
  std::string& known = keys_.try_emplace(key_of(table, key), conflict).first->second;
  if (known.empty()) known = conflict;
  if (conflict.empty() || known == conflict) return std::nullopt;
  return problem(place, "the same key has another ON CONFLICT clause already");
}

std::optional<Problem> TableChecks::foreign_key(const CreateTable& table,
                                                const ConstraintDefinition& constraint,
                                                ByteRange place) const {
  if (!constraint.referenced_columns.empty() &&
      constraint.referenced_columns.size() != constraint.columns.size()) {
    return problem(place, "the foreign key has " + std::to_string(constraint.columns.size()) +
                              " columns and references " +
                              std::to_string(constraint.referenced_columns.size()));
  }
  for (const Name& name : constraint.columns) {
    if (find(table, name.id) == nullptr && !has_placeholder_ && !is_placeholder(name.id)) {
      return problem(name.range, "the table has no column " + quoted(name.id));
    }
  }
  return std::nullopt;
}

// --- the table as a whole -------------------------------------------------------------------

std::optional<Problem> TableChecks::finish(CreateTable& table) {
  if (auto found = strict_types(table)) return found;
  if (auto found = row_identity(table)) return found;
  const bool all_generated = std::all_of(
      table.columns.begin(), table.columns.end(),
      [](const ColumnDefinition& c) { return c.generated != ColumnDefinition::Generated::kNo; });
  if (all_generated) return problem(table.table.range, "the table has only generated columns");
  for (const PendingExpression& pending : pending_) {
    if (auto found = expression(table, pending)) return found;
  }
  if (pending_.empty()) return std::nullopt;
  const auto drop_strings = [&](Expression& e) {
    const auto is_string = [&](const Name& name) { return may_be_string(table, name); };
    e.columns.erase(std::remove_if(e.columns.begin(), e.columns.end(), is_string), e.columns.end());
  };
  for (ColumnDefinition& column : table.columns) {
    drop_strings(column.generation);
    for (ConstraintDefinition& constraint : column.constraints) drop_strings(constraint.check);
  }
  for (ConstraintDefinition& constraint : table.constraints) drop_strings(constraint.check);
  return std::nullopt;
}

std::optional<Problem> TableChecks::strict_types(const CreateTable& table) const {
  if (!table.strict) return std::nullopt;
  for (const ColumnDefinition& column : table.columns) {
    const bool known =
        std::any_of(kStrictTypes.begin(), kStrictTypes.end(),
                    [&](std::string_view type) { return is_type(column.type, type); });
    if (known || is_placeholder(column.type.name.name.id)) continue;
    if (column.type.empty()) {
      return problem(column.name.range, "a column of a STRICT table needs a type");
    }
    return problem(column.type.range, "a STRICT table knows no type " +
                                          quoted(column.type.range.of(text_)) +
                                          ", only ANY, BLOB, INT, INTEGER, REAL, TEXT");
  }
  return std::nullopt;
}

std::optional<Problem> TableChecks::row_identity(const CreateTable& table) const {
  if (!table.without_rowid) return std::nullopt;
  if (autoincrement_) {
    return problem(*autoincrement_, "AUTOINCREMENT does not work on a WITHOUT ROWID table");
  }
  if (!has_primary_key_) {
    return problem(table.table.range, "a WITHOUT ROWID table needs a primary key");
  }
  return std::nullopt;
}

// --- CHECK and generated columns ------------------------------------------------------------

std::optional<Problem> TableChecks::expression(const CreateTable& table,
                                               const PendingExpression& pending) const {
  const bool generated = pending.place == Place::kGenerated;
  for (size_t i = pending.first_fact; i < pending.last_fact; ++i) {
    const Fact& fact = facts_[i];
    if (fact.kind == Fact::Kind::kColumn) {
      if (auto found = column(table, fact, pending.place)) return found;
      continue;
    }
    const std::string_view what = forbidden(fact.kind, generated);
    if (what.empty()) continue;
    return problem(fact.range,
                   std::string(generated ? "a generated column" : "a CHECK constraint") +
                       " cannot contain " + std::string(what));
  }
  return std::nullopt;
}

std::optional<Problem> TableChecks::column(const CreateTable& table, const Fact& fact,
                                           Place place) const {
  const std::string id = folded(fact.range.of(text_));
  const bool qualified = !fact.table.empty();
  if (qualified && place == Place::kGenerated) {
    return problem(fact.range, "a generated column names other columns without their table");
  }
  const bool own_table = !qualified || folded(fact.table.of(text_)) == table.table.name.id;
  if (own_table && find(table, id) != nullptr) return std::nullopt;
  if (own_table && place == Place::kCheck && !table.without_rowid && is_rowid_name(id)) {
    return std::nullopt;
  }
  if (!qualified && text_[fact.range.begin] == '"') return std::nullopt;  // then it is a string
  if (has_placeholder_ || is_placeholder(table.table.name.id)) return std::nullopt;
  return problem(fact.range, "the table has no column " + quoted(id));
}

bool TableChecks::may_be_string(const CreateTable& table, const Name& name) const {
  return text_[name.range.begin] == '"' && find(table, name.id) == nullptr;
}

std::optional<Problem> check_index_facts(std::span<const Fact> facts, IndexPlace place) {
  for (const Fact& fact : facts) {
    if (fact.kind == Fact::Kind::kColumn) {
      if (place == IndexPlace::kWhere || fact.table.empty()) continue;
      return problem(fact.range, "an index names columns without their table");
    }
    const std::string_view what = forbidden(fact.kind, true);
    if (!what.empty()) return problem(fact.range, "an index cannot contain " + std::string(what));
  }
  return std::nullopt;
}

}  // namespace belay::sql::sqlite

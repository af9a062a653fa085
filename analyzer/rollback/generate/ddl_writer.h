#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/schema/schema.h"

namespace belay::rollback {

/// A normal text (`lower ( email )`) laid out as people write it: `lower(email)`.
std::string tidy(std::string_view normal_text, Engine engine);

/// Parts of a table as somebody wrote them, to use instead of what the model would give: by number,
/// empty for none.
struct WrittenParts {
  std::vector<std::string> columns;
  std::vector<std::string> constraints;

  static std::string_view at(const std::vector<std::string>& parts, size_t i) {
    return i < parts.size() ? std::string_view(parts[i]) : std::string_view();
  }
};

/// Turns objects of the schema model into SQL, without semicolons. What it writes is only as good
/// as what the model holds: who uses it replays the text and compares.
class DdlWriter {
 public:
  /// `schema` tells names apart, and which sequences belong to columns.
  explicit DdlWriter(const schema::Schema& schema)
      : schema_(schema), engine_(schema.dialect().engine) {}

  bool sqlite() const { return engine_ == Engine::kSqlite; }
  std::string name(std::string_view id) const;
  std::string names(const std::vector<std::string>& ids) const;
  /// A relation, type or function by its key, with its schema where that is not the default one.
  std::string object(std::string_view key) const;
  /// A name that may carry a schema, as the model keeps types and collations.
  std::string dotted(std::string_view name) const;
  std::string type(const schema::Type& type) const;
  std::string text(const schema::ExpressionText& expression) const {
    return tidy(expression.text, engine_);
  }

  /// `name type ...`. `serial`: a serial type stands for the default and its sequence.
  std::string column(const std::string& table_key, const schema::Column& column) const;
  /// `CONSTRAINT name ...`.
  std::string constraint(const schema::Constraint& constraint) const;
  std::string index(const std::string& table_key, const schema::Index& index) const;
  /// Its columns and those constraints that can stand in it; foreign keys and what is not valid
  /// come later.
  std::string table(const std::string& key, const schema::Table& table,
                    const WrittenParts& written = {}) const;
  std::string sequence(const std::string& key, const schema::Sequence& sequence) const;
  std::string type_definition(const std::string& key, const schema::UserType& type) const;
  std::string policy(const std::string& table_key, const schema::TableRule& policy) const;

  /// The sequence that makes the column a serial one: as SERIAL would make and name it.
  bool is_serial(const std::string& table_key, const schema::Column& column) const;
  /// The options of a sequence, each with a space before it.
  std::string sequence_options(const schema::Sequence& sequence) const;
  std::string identity(const std::string& table_key, const schema::Column& column) const;

 private:
  std::string storage_options(const schema::Attributes& attributes) const;

  const schema::Schema& schema_;
  Engine engine_;
};

/// Whether CREATE TABLE writes the constraint along.
bool stands_in_table(const schema::Constraint& constraint, Engine engine);

/// The first part of a key, and what is behind it.
std::string_view schema_of(std::string_view key);
std::string_view bare_name(std::string_view key);

}  // namespace belay::rollback

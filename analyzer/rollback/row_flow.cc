#include "analyzer/rollback/row_flow.h"

#include <algorithm>
#include <vector>

namespace belay::rollback {
namespace {

/// Follows the rows of a table through the statements of a script.
class RowFlow {
 public:
  RowFlow(const sql::ParsedScript& script, size_t statement, size_t operation,
          const schema::Schema& schema)
      : schema_(schema) {
    for (size_t s = 0; s < script.statements.size(); ++s) {
      if (script.statements[s].parsed == nullptr) continue;
      const auto& operations = script.statements[s].parsed->operations;
      for (size_t o = 0; o < operations.size(); ++o) {
        if (s == statement && o == operation) current_ = operations_.size();
        operations_.push_back(&operations[o]);
      }
    }
  }

  /// Whether rows of `key` were copied before the current operation to where they stay.
  bool kept_before(const std::string& key) const {
    for (size_t i = 0; i < current_; ++i) {
      const std::string target = copied_to(*operations_[i], key);
      if (!target.empty() && stays(target, i + 1, 0)) return true;
    }
    return false;
  }

  std::vector<std::string> left_behind(const std::string& key) const {
    std::vector<std::string> out;
    const schema::Table* table = schema_.table(key);
    if (table == nullptr || !table->complete) return out;
    for (const schema::Column& c : table->columns) {
      if (c.generated == schema::Column::Generated::kNo) out.push_back(c.name);
    }
    for (size_t i = 0; i < current_; ++i) {
      const std::string target = copied_to(*operations_[i], key);
      if (target.empty() || !stays(target, i + 1, 0)) continue;
      const sql::Query& query = query_of(*operations_[i]);
      if (query.star) return {};
      std::erase_if(out, [&](const std::string& column) {
        return std::any_of(query.columns.begin(), query.columns.end(),
                           [&](const sql::Name& n) { return n.id == column; });
      });
    }
    return out;
  }

 private:
  /// Of an operation that copies.
  static const sql::Query& query_of(const sql::Operation& operation) {
    const auto* insert = operation.as<sql::Insert>();
    return insert != nullptr ? insert->query : *operation.as<sql::CreateTable>()->as_query;
  }

  /// A chain of copies longer than this is no rebuild.
  static constexpr int kMaxCopies = 8;

  bool reads(const sql::Query& query, const std::string& key) const {
    return std::any_of(query.relations.begin(), query.relations.end(),
                       [&](const sql::QualifiedName& r) { return schema_.key(r) == key; });
  }

  /// Where an operation copies the rows of `key` to; empty where it does not.
  std::string copied_to(const sql::Operation& operation, const std::string& key) const {
    if (const auto* insert = operation.as<sql::Insert>()) {
      return reads(insert->query, key) ? schema_.key(insert->table) : "";
    }
    if (const auto* create = operation.as<sql::CreateTable>()) {
      return create->as_query && reads(*create->as_query, key) ? schema_.key(create->table) : "";
    }
    return "";
  }

  /// Whether the rows that are in `key` before operation number `from` are somewhere at the end.
  bool stays(std::string key, size_t from, int copies) const {
    if (copies > kMaxCopies) return false;
    for (size_t i = from; i < operations_.size(); ++i) {
      const sql::Operation& operation = *operations_[i];
      const std::string target = copied_to(operation, key);
      if (!target.empty() && target != key && stays(target, i + 1, copies + 1)) return true;
      if (const auto* drop = operation.as<sql::DropTable>()) {
        if (schema_.key(drop->table) == key) return false;
      } else if (const auto* rename = operation.as<sql::RenameTable>()) {
        if (schema_.key(rename->table.name) == key) {
          key = key.substr(0, key.find('.') + 1) + rename->new_name.id;
        }
      }
    }
    return true;
  }

  const schema::Schema& schema_;
  std::vector<const sql::Operation*> operations_;
  size_t current_ = 0;
};

}  // namespace

bool rows_are_kept(const sql::ParsedScript& script, size_t statement, size_t operation,
                   const schema::Schema& schema, const std::string& key) {
  return RowFlow(script, statement, operation, schema).kept_before(key);
}

std::vector<std::string> columns_left_behind(const sql::ParsedScript& script, size_t statement,
                                             size_t operation, const schema::Schema& schema,
                                             const std::string& key) {
  return RowFlow(script, statement, operation, schema).left_behind(key);
}

}  // namespace belay::rollback

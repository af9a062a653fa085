#include "analyzer/rollback/row_flow.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "analyzer/text/lexer.h"
#include "support/ascii.h"

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
        statements_.push_back(script.statements[s].parsed.get());
      }
    }
  }

  /// Whether rows of `key` were copied before the current operation to where they stay.
  RowsKept kept_before(const std::string& key) const {
    RowsKept best = RowsKept::kNone;
    for (size_t i = named_since(key); i < current_; ++i) {
      const std::string target = copied_to(*operations_[i], key);
      if (!target.empty()) best = std::max(best, copied(i, target, 0));
    }
    return best;
  }

  std::vector<std::string> left_behind(const std::string& key) const {
    std::vector<std::string> out;
    const schema::Table* table = schema_.table(key);
    if (table == nullptr || !table->complete) return out;
    for (const schema::Column& c : table->columns) {
      if (c.generated == schema::Column::Generated::kNo) out.push_back(c.name);
    }
    for (size_t i = named_since(key); i < current_; ++i) {
      const std::string target = copied_to(*operations_[i], key);
      if (target.empty() || stays(target, i + 1, 0) == RowsKept::kNone) continue;
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

  /// What is left at the end of what operation `i` copies to `target`.
  RowsKept copied(size_t i, const std::string& target, int copies) const {
    return std::min(stays(target, i + 1, copies), takes_all(i) ? RowsKept::kAll : RowsKept::kSome);
  }

  /// Whether a query that copies takes every row of its table, as far as its text tells.
  bool takes_all(size_t i) const {
    constexpr std::string_view kPicks[] = {"where", "join",   "limit",  "offset",   "distinct",
                                           "group", "having", "except", "intersect"};
    const std::string_view text = query_of(*operations_[i]).range.of(statements_[i]->text);
    Lexer lexer(text, schema_.dialect().engine);
    int depth = 0;
    for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
      if (token.is(TokenKind::kLeftParen)) ++depth;
      if (token.is(TokenKind::kRightParen)) --depth;
      if (depth > 0 || !token.is(TokenKind::kWord)) continue;
      const std::string word = ascii::lower(token.range.of(text));
      if (std::find(std::begin(kPicks), std::end(kPicks), word) != std::end(kPicks)) return false;
    }
    return true;
  }

  /// What of the rows that are in `key` before operation number `from` is somewhere at the end.
  RowsKept stays(std::string key, size_t from, int copies) const {
    RowsKept best = RowsKept::kNone;
    if (copies > kMaxCopies) return best;
    for (size_t i = from; i < operations_.size(); ++i) {
      const sql::Operation& operation = *operations_[i];
      const std::string target = copied_to(operation, key);
      if (!target.empty() && target != key) best = std::max(best, copied(i, target, copies + 1));
      if (const auto* drop = operation.as<sql::DropTable>()) {
        if (schema_.key(drop->table) == key) return best;
      } else if (const auto* rename = operation.as<sql::RenameTable>()) {
        if (schema_.key(rename->table.name) == key) {
          key = key_behind(*rename);
          // It has taken the place of a table: what happens to that from here on is told of it.
          if (drops_before(key, i)) return RowsKept::kAll;
        }
      }
    }
    return RowsKept::kAll;
  }

  std::string key_behind(const sql::RenameTable& rename) const {
    const std::string key = schema_.key(rename.table.name);
    return key.substr(0, key.find('.') + 1) + rename.new_name.id;
  }

  /// From which operation on the name means the table that it means at the current one.
  size_t named_since(const std::string& key) const {
    for (size_t i = current_; i-- > 0;) {
      const auto* rename = operations_[i]->as<sql::RenameTable>();
      if (rename != nullptr && key_behind(*rename) == key) return i + 1;
    }
    return 0;
  }

  /// Whether a table of that name is dropped before operation number `until`.
  bool drops_before(const std::string& key, size_t until) const {
    return std::any_of(operations_.begin(), operations_.begin() + static_cast<ptrdiff_t>(until),
                       [&](const sql::Operation* operation) {
                         const auto* drop = operation->as<sql::DropTable>();
                         return drop != nullptr && schema_.key(drop->table) == key;
                       });
  }

  const schema::Schema& schema_;
  std::vector<const sql::Operation*> operations_;
  std::vector<const sql::ParsedStatement*> statements_;  ///< that each stands in
  size_t current_ = 0;
};

}  // namespace

RowsKept rows_kept(const sql::ParsedScript& script, size_t statement, size_t operation,
                   const schema::Schema& schema, const std::string& key) {
  return RowFlow(script, statement, operation, schema).kept_before(key);
}

std::vector<std::string> columns_left_behind(const sql::ParsedScript& script, size_t statement,
                                             size_t operation, const schema::Schema& schema,
                                             const std::string& key) {
  return RowFlow(script, statement, operation, schema).left_behind(key);
}

}  // namespace belay::rollback

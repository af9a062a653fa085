#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/sql/operation.h"
#include "analyzer/sql/postgres/places.h"
#include "analyzer/sql/postgres/raw_tree.h"

namespace belay::sql::postgres {

/// The body of a block or function, as the grammar read it.
struct QuotedBody {
  size_t operation = 0;  ///< which of the builder's
  TokenSpan tokens;      ///< the string; of BEGIN ATOMIC and RETURN all tokens
  bool quoted = true;
  std::string text;  ///< what the grammar makes of the string
};

/// Turns one statement's raw tree into operations. The members stand in one source file for each
/// kind of statement: expressions.cc, columns.cc, tables.cc, objects.cc, definitions.cc, rows.cc,
/// session.cc. Lives for one statement; the tree must outlive it.
class Builder {
 public:
  explicit Builder(Places places) : places_(places) {}

  /// Adds what the statement does to `operations()`.
  void statement(const Node* node);
  std::vector<Operation>& operations() { return operations_; }
  /// The bodies within `operations()`, for whoever parses them when the tree is gone.
  std::vector<QuotedBody>& bodies() { return bodies_; }

  // What conditions are recognised by, too.
  Expression expression(const Node* node, ByteRange range) const;
  Query query(const Node* node, ByteRange range) const;

 private:
  // --- parts, in expressions.cc and columns.cc
  Name name(const char* id, ByteRange range) const;
  Name name_at(const char* id, size_t token) const;
  /// The name whose dotted form begins at a token.
  QualifiedName dotted(const char* schema, const char* id, size_t token) const;
  QualifiedName relation(const RangeVar* node) const;
  /// A name given as a list of strings, whose place is `span`.
  QualifiedName qualified(const List* names, TokenSpan span) const;
  sql::TypeName type(const ::TypeName* node, TokenSpan span) const;
  ColumnDefinition column(const ColumnDef* node, TokenSpan span) const;
  ConstraintDefinition constraint(const Constraint* node, TokenSpan span) const;
  IndexElement index_element(const IndexElem* node, TokenSpan span) const;
  std::vector<IndexElement> index_elements(const List* nodes, TokenSpan list) const;
  Option option(const DefElem* node) const;
  std::vector<Option> options(const List* nodes) const;
  std::vector<Name> names(const List* strings, TokenSpan list) const;
  std::string option_value(const Node* node) const;
  std::string role(const RoleSpec* node) const;
  std::vector<std::string> roles(const List* nodes) const;
  bool add_column_attribute(const Constraint* node, TokenSpan span, ColumnDefinition& out) const;

  // --- statements; each file says which
  void create_table(const CreateStmt* node, bool foreign);
  void alter_table(const AlterTableStmt* node);
  void alter_table_clause(const AlterTarget& target, const AlterTableCmd* node, TokenSpan span);
  void alter_table_option(const AlterTarget& target, const AlterTableCmd* node, TokenSpan span);
  void create_index(const IndexStmt* node);
  void truncate(const TruncateStmt* node);

  void drop(const DropStmt* node);
  void rename(const RenameStmt* node);
  QualifiedName altered_object(const RangeVar* relation_node, const Node* object,
                               ObjectType type) const;
  void set_schema(const AlterObjectSchemaStmt* node);
  void set_owner(const AlterOwnerStmt* node);
  void comment(const CommentStmt* node);
  void grant(const GrantStmt* node, bool default_privileges);
  bool other_object(const Node* node);

  void create_view(const ViewStmt* node);
  void create_table_as(const CreateTableAsStmt* node);
  void owned_by(const List* options, QualifiedName& table, Name& column) const;
  void create_sequence(const CreateSeqStmt* node);
  void alter_sequence(const AlterSeqStmt* node);
  void create_enum(const CreateEnumStmt* node);
  void alter_enum(const AlterEnumStmt* node);
  void create_composite(const CompositeTypeStmt* node);
  void create_domain(const CreateDomainStmt* node);
  void alter_domain(const AlterDomainStmt* node);
  void create_function(const CreateFunctionStmt* node);
  void alter_function(const AlterFunctionStmt* node);
  void create_trigger(const CreateTrigStmt* node);
  void create_rule(const RuleStmt* node);
  Expression bracketed(const Node* node, std::string_view word) const;
  void create_policy(const CreatePolicyStmt* node);
  void alter_policy(const AlterPolicyStmt* node);
  void create_extension(const CreateExtensionStmt* node);
  void create_schema(const CreateSchemaStmt* node);
  bool definition(const Node* node);

  void insert(const InsertStmt* node);
  std::vector<Name> selected(const SelectStmt* select) const;
  void update(const UpdateStmt* node);
  void remove(const DeleteStmt* node);
  void merge(const MergeStmt* node);
  void select(const SelectStmt* node);
  void copy(const CopyStmt* node);
  void with_clause(const WithClause* node);
  bool row_statement(const Node* node);

  void transaction(const TransactionStmt* node);
  void set_variable(const VariableSetStmt* node);
  void lock_table(const LockStmt* node);
  void vacuum(const VacuumStmt* node);
  ByteRange quoted_body(int location, const Node* text);
  void do_block(const DoStmt* node);
  bool session_statement(const Node* node);

  // --- helpers
  ByteRange whole() const { return places_.range(places_.all()); }
  template <class T>
  void add(T data, ByteRange range) {
    operations_.push_back({range, std::move(data)});
  }
  template <class T>
  void add(T data) {
    add(std::move(data), whole());
  }

  Places places_;
  std::vector<Operation> operations_;
  std::vector<QuotedBody> bodies_;
};

ObjectKind object_kind(ObjectType type);

/// PostgreSQL's own name of a type for its other spellings: `int8` for bigint. `id` itself else.
std::string_view canonical_type_name(std::string_view id);

template <class T>
const T* node_cast(const Node* node) {
  return reinterpret_cast<const T*>(node);
}

/// The elements of a list, for range-based loops: `for (const auto* x : elements<ColumnDef>(l))`.
template <class T>
class ElementRange {
 public:
  explicit ElementRange(const List* list) : list_(list) {}

  class Iterator {
   public:
    Iterator(const List* list, int index) : list_(list), index_(index) {}
    const T* operator*() const { return static_cast<const T*>(list_->elements[index_].ptr_value); }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.index_ == b.index_; }

   private:
    const List* list_;
    int index_;
  };

  Iterator begin() const { return {list_, 0}; }
  Iterator end() const { return {list_, list_ == nullptr ? 0 : list_->length}; }

 private:
  const List* list_;
};

template <class T>
ElementRange<T> elements(const List* list) {
  return ElementRange<T>(list);
}

template <class T>
const T* element(const List* list, int index) {
  return list != nullptr && index < list->length
             ? static_cast<const T*>(list->elements[index].ptr_value)
             : nullptr;
}

inline int length(const List* list) { return list == nullptr ? 0 : list->length; }

/// The text of a String node; "" for anything else.
inline const char* string_of(const void* node) {
  const auto* n = static_cast<const Node*>(node);
  return n != nullptr && n->type == T_String ? reinterpret_cast<const ::String*>(n)->sval : "";
}

}  // namespace belay::sql::postgres

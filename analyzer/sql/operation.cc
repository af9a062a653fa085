#include "analyzer/sql/operation.h"

#include <array>

namespace belay::sql {

std::string_view object_kind_name(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kTable: return "table";
    case ObjectKind::kColumn: return "column";
    case ObjectKind::kConstraint: return "constraint";
    case ObjectKind::kIndex: return "index";
    case ObjectKind::kView: return "view";
    case ObjectKind::kMaterializedView: return "materialized view";
    case ObjectKind::kSequence: return "sequence";
    case ObjectKind::kSchema: return "schema";
    case ObjectKind::kType: return "type";
    case ObjectKind::kDomain: return "domain";
    case ObjectKind::kFunction: return "function";
    case ObjectKind::kTrigger: return "trigger";
    case ObjectKind::kEventTrigger: return "event trigger";
    case ObjectKind::kRule: return "rule";
    case ObjectKind::kPolicy: return "policy";
    case ObjectKind::kExtension: return "extension";
    case ObjectKind::kCollation: return "collation";
    case ObjectKind::kConversion: return "conversion";
    case ObjectKind::kCast: return "cast";
    case ObjectKind::kOperator: return "operator";
    case ObjectKind::kOperatorClass: return "operator class";
    case ObjectKind::kOperatorFamily: return "operator family";
    case ObjectKind::kTextSearch: return "text search object";
    case ObjectKind::kStatistics: return "statistics";
    case ObjectKind::kAccessMethod: return "access method";
    case ObjectKind::kLanguage: return "language";
    case ObjectKind::kForeignTable: return "foreign table";
    case ObjectKind::kForeignServer: return "server";
    case ObjectKind::kForeignDataWrapper: return "foreign data wrapper";
    case ObjectKind::kUserMapping: return "user mapping";
    case ObjectKind::kPublication: return "publication";
    case ObjectKind::kSubscription: return "subscription";
    case ObjectKind::kRole: return "role";
    case ObjectKind::kDatabase: return "database";
    case ObjectKind::kTablespace: return "tablespace";
    case ObjectKind::kLargeObject: return "large object";
    case ObjectKind::kTransform: return "transform";
    case ObjectKind::kEvent: return "event";
    case ObjectKind::kOther: return "object";
  }
  return "object";
}

bool TypeName::is_serial() const {
  return name.schema.empty() &&
         (name.name.id == "serial" || name.name.id == "bigserial" || name.name.id == "smallserial");
}

std::string TypeName::to_string() const {
  std::string out = name.to_string();
  if (!modifiers.empty()) {
    out += '(';
    for (size_t i = 0; i < modifiers.size(); ++i) out += (i == 0 ? "" : ",") + modifiers[i];
    out += ')';
  }
  for (int i = 0; i < array_dimensions; ++i) out += "[]";
  return out;
}

std::string_view operation_name(const Operation& operation) {
  // In the order of OperationData.
  static constexpr std::array kNames = {
      "create_table",
      "drop_table",
      "rename_table",
      "truncate",
      "add_column",
      "drop_column",
      "rename_column",
      "alter_column_type",
      "set_default",
      "drop_default",
      "set_not_null",
      "drop_not_null",
      "alter_identity",
      "alter_generated",
      "set_column_option",
      "add_constraint",
      "drop_constraint",
      "validate_constraint",
      "alter_constraint",
      "rename_constraint",
      "attach_partition",
      "detach_partition",
      "set_inheritance",
      "set_table_option",
      "create_index",
      "drop_index",
      "reindex",
      "attach_index",
      "create_view",
      "refresh_materialized_view",
      "create_sequence",
      "alter_sequence",
      "create_type",
      "add_enum_value",
      "rename_enum_value",
      "alter_composite_type",
      "create_domain",
      "alter_domain",
      "create_function",
      "alter_function",
      "create_trigger",
      "create_rule",
      "create_policy",
      "alter_policy",
      "create_extension",
      "create_schema",
      "create_object",
      "alter_object",
      "drop_object",
      "rename_object",
      "set_schema",
      "set_owner",
      "comment",
      "grant",
      "insert",
      "update",
      "delete",
      "merge",
      "copy",
      "select",
      "transaction",
      "set_variable",
      "pragma",
      "lock_table",
      "maintenance",
      "attach_database",
      "do_block",
      "call",
      "no_change",
      "unknown",
  };
  static_assert(kNames.size() == std::variant_size_v<OperationData>);
  return kNames[operation.data.index()];
}

}  // namespace belay::sql

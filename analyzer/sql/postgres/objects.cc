// DROP, RENAME, SET SCHEMA, OWNER TO, COMMENT ON, GRANT, and the objects that have no operation of
// their own.

#include "analyzer/sql/postgres/builder.h"

namespace belay::sql::postgres {

ObjectKind object_kind(ObjectType type) {
  switch (type) {
    case OBJECT_TABLE: return ObjectKind::kTable;
    case OBJECT_COLUMN:
    case OBJECT_ATTRIBUTE: return ObjectKind::kColumn;
    case OBJECT_TABCONSTRAINT:
    case OBJECT_DOMCONSTRAINT: return ObjectKind::kConstraint;
    case OBJECT_INDEX: return ObjectKind::kIndex;
    case OBJECT_VIEW: return ObjectKind::kView;
    case OBJECT_MATVIEW: return ObjectKind::kMaterializedView;
    case OBJECT_SEQUENCE: return ObjectKind::kSequence;
    case OBJECT_SCHEMA: return ObjectKind::kSchema;
    case OBJECT_TYPE: return ObjectKind::kType;
    case OBJECT_DOMAIN: return ObjectKind::kDomain;
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
    case OBJECT_ROUTINE:
    case OBJECT_AGGREGATE: return ObjectKind::kFunction;
    case OBJECT_TRIGGER: return ObjectKind::kTrigger;
    case OBJECT_EVENT_TRIGGER: return ObjectKind::kEventTrigger;
    case OBJECT_RULE: return ObjectKind::kRule;
    case OBJECT_POLICY: return ObjectKind::kPolicy;
    case OBJECT_EXTENSION: return ObjectKind::kExtension;
    case OBJECT_COLLATION: return ObjectKind::kCollation;
    case OBJECT_CONVERSION: return ObjectKind::kConversion;
    case OBJECT_CAST: return ObjectKind::kCast;
    case OBJECT_OPERATOR: return ObjectKind::kOperator;
    case OBJECT_OPCLASS: return ObjectKind::kOperatorClass;
    case OBJECT_OPFAMILY: return ObjectKind::kOperatorFamily;
    case OBJECT_TSCONFIGURATION:
    case OBJECT_TSDICTIONARY:
    case OBJECT_TSPARSER:
    case OBJECT_TSTEMPLATE: return ObjectKind::kTextSearch;
    case OBJECT_STATISTIC_EXT: return ObjectKind::kStatistics;
    case OBJECT_ACCESS_METHOD: return ObjectKind::kAccessMethod;
    case OBJECT_LANGUAGE: return ObjectKind::kLanguage;
    case OBJECT_FOREIGN_TABLE: return ObjectKind::kForeignTable;
    case OBJECT_FOREIGN_SERVER: return ObjectKind::kForeignServer;
    case OBJECT_FDW: return ObjectKind::kForeignDataWrapper;
    case OBJECT_USER_MAPPING: return ObjectKind::kUserMapping;
    case OBJECT_PUBLICATION:
    case OBJECT_PUBLICATION_REL:
    case OBJECT_PUBLICATION_NAMESPACE: return ObjectKind::kPublication;
    case OBJECT_SUBSCRIPTION: return ObjectKind::kSubscription;
    case OBJECT_ROLE: return ObjectKind::kRole;
    case OBJECT_DATABASE: return ObjectKind::kDatabase;
    case OBJECT_TABLESPACE: return ObjectKind::kTablespace;
    case OBJECT_LARGEOBJECT: return ObjectKind::kLargeObject;
    case OBJECT_TRANSFORM: return ObjectKind::kTransform;
    default: return ObjectKind::kOther;
  }
}

namespace {

/// What an object is named by in DROP, COMMENT and the like. The tree has five forms for it.
struct ObjectName {
  const List* names = nullptr;
  const char* single = nullptr;
  const List* argument_types = nullptr;
  bool has_arguments = false;
};

ObjectName object_name(const Node* node) {
  ObjectName out;
  if (node == nullptr) return out;
  switch (nodeTag(node)) {
    case T_List: out.names = reinterpret_cast<const List*>(node); break;
    case T_String: out.single = string_of(node); break;
    case T_TypeName: out.names = node_cast<::TypeName>(node)->names; break;
    case T_ObjectWithArgs: {
      const auto* object = node_cast<ObjectWithArgs>(node);
      out.names = object->objname;
      out.argument_types = object->objargs;
      out.has_arguments = !object->args_unspecified;
      break;
    }
    default: break;
  }
  return out;
}

/// How many words name the kind in CREATE, ALTER, DROP and COMMENT ON.
size_t kind_words(ObjectType type) {
  switch (type) {
    case OBJECT_FOREIGN_TABLE:
    case OBJECT_MATVIEW:
    case OBJECT_EVENT_TRIGGER:
    case OBJECT_OPCLASS:
    case OBJECT_OPFAMILY:
    case OBJECT_ACCESS_METHOD:
    case OBJECT_LARGEOBJECT: return 2;
    case OBJECT_TSCONFIGURATION:
    case OBJECT_TSDICTIONARY:
    case OBJECT_TSPARSER:
    case OBJECT_TSTEMPLATE:
    case OBJECT_FDW: return 3;
    default: return 1;
  }
}

/// Kinds whose name is `object ON table`, kept by the tree as one list with the object last.
bool belongs_to_table(ObjectType type) {
  return type == OBJECT_TRIGGER || type == OBJECT_RULE || type == OBJECT_POLICY ||
         type == OBJECT_TABCONSTRAINT || type == OBJECT_COLUMN;
}

QualifiedName name_without_place(const List* names, int count) {
  QualifiedName out;
  if (count >= 1) out.name.id = string_of(element<Node>(names, count - 1));
  if (count >= 2) out.schema.id = string_of(element<Node>(names, count - 2));
  return out;
}

}  // namespace

void Builder::drop(const DropStmt* node) {
  const ObjectKind kind = object_kind(node->removeType);
  const bool cascade = node->behavior == DROP_CASCADE;
  // DROP <kind words> [CONCURRENTLY] [IF EXISTS] a, b, ... [CASCADE | RESTRICT]
  TokenSpan list = places_.all();
  list.first = 1 + kind_words(node->removeType);
  if (places_.is_word(1, "procedural")) ++list.first;  // LANGUAGE
  if (node->concurrent) ++list.first;
  list.first = places_.skip_if_exists(list.first);
  if (!list.empty() &&
      (places_.is_word(list.last - 1, "cascade") || places_.is_word(list.last - 1, "restrict"))) {
    --list.last;
  }
  const std::vector<TokenSpan> parts = places_.split_at_commas(list);
  const size_t index_word = places_.find_word(places_.all(), "index");
  size_t i = 0;
  for (const auto* object : elements<Node>(node->objects)) {
    const TokenSpan part = i < parts.size() ? parts[i] : TokenSpan{};
    const ByteRange range = length(node->objects) == 1 ? whole() : places_.range(part);
    ++i;
    const ObjectName what = object_name(object);
    QualifiedName target;
    if (what.single != nullptr) {
      target.name = name_at(what.single, part.first);
      target.range = target.name.range;
    } else if (!belongs_to_table(node->removeType)) {
      target = qualified(what.names, part);
    }
    switch (kind) {
      case ObjectKind::kTable:
      case ObjectKind::kForeignTable:
        add(DropTable{target, node->missing_ok, cascade, kind == ObjectKind::kForeignTable}, range);
        break;
      case ObjectKind::kIndex:
        add(DropIndex{target,
                      {},
                      node->concurrent,
                      node->missing_ok,
                      cascade,
                      places_.range(node->concurrent ? index_word + 1 : index_word)},
            range);
        break;
      default: {
        DropObject out;
        out.kind = kind;
        out.name = std::move(target);
        out.if_exists = node->missing_ok;
        out.cascade = cascade;
        out.has_arguments = what.has_arguments;
        for (const auto* t : elements<::TypeName>(what.argument_types)) {
          out.argument_types.push_back(type(t, places_.until_comma(places_.at(t->location))));
        }
        if (belongs_to_table(node->removeType)) {
          const int count = length(what.names);
          out.name.name = name_at(string_of(element<Node>(what.names, count - 1)), part.first);
          out.name.range = out.name.name.range;
          const size_t on = places_.find_word(part, "on");
          out.table = name_without_place(what.names, count - 1);
          const TokenSpan table = places_.dotted_name(on + 1);
          out.table.range = places_.range(table);
          out.table.name.range = places_.last_part(table);
        }
        add(std::move(out), range);
      }
    }
  }
}

void Builder::rename(const RenameStmt* node) {
  // The old name of a part stands before TO, the new one behind it.
  const size_t to = places_.find_word(places_.all(), "to");
  const Name new_name = name_at(node->newname, to + 1);
  AlterTarget target;
  target.name = relation(node->relation);
  target.kind = object_kind(node->relationType);
  target.if_exists = node->missing_ok;
  const auto old_name = [&] { return name_at(node->subname, to - 1); };
  switch (node->renameType) {
    case OBJECT_TABLE:
    case OBJECT_FOREIGN_TABLE:
      target.kind = object_kind(node->renameType);
      add(RenameTable{target, new_name});
      return;
    case OBJECT_COLUMN: add(RenameColumn{target, old_name(), new_name}); return;
    case OBJECT_TABCONSTRAINT: {
      target.kind = ObjectKind::kTable;
      add(RenameConstraint{target, old_name(), new_name});
      return;
    }
    case OBJECT_ATTRIBUTE: {
      ColumnDefinition attribute;
      attribute.name = old_name();
      add(AlterCompositeType{target.name, AlterCompositeType::Action::kRename, attribute, new_name,
                             node->behavior == DROP_CASCADE, node->missing_ok});
      return;
    }
    default: break;
  }
  RenameObject out;
  out.kind = object_kind(node->renameType);
  out.new_name = new_name;
  out.if_exists = node->missing_ok;
  if (node->renameType == OBJECT_TRIGGER || node->renameType == OBJECT_RULE ||
      node->renameType == OBJECT_POLICY) {
    out.table = target.name;
    out.name.name = name_at(node->subname, places_.skip_if_exists(2));
  } else if (node->relation != nullptr) {
    out.name = target.name;
  } else if (node->object != nullptr) {
    const ObjectName what = object_name(node->object);
    const size_t place = 1 + kind_words(node->renameType);
    if (what.single != nullptr) {
      out.name.name = name_at(what.single, place);
    } else {
      out.name = qualified(what.names, {place, places_.count()});
    }
    if (node->renameType == OBJECT_DOMCONSTRAINT) out.name.name.id = node->subname;
  } else if (node->subname != nullptr) {  // schema, role, database, ...
    const size_t rename_word = places_.find_word(places_.all(), "rename");
    if (rename_word > 0) out.name.name = name_at(node->subname, rename_word - 1);
  }
  if (out.name.range.empty()) out.name.range = out.name.name.range;
  add(std::move(out));
}

/// The object of `ALTER <kind> name ...`: the tree holds relations apart from all else.
QualifiedName Builder::altered_object(const RangeVar* relation_node, const Node* object,
                                      ObjectType type) const {
  if (relation_node != nullptr) return relation(relation_node);
  const ObjectName what = object_name(object);
  const size_t place = 1 + kind_words(type);
  if (what.single == nullptr) return qualified(what.names, {place, places_.count()});
  QualifiedName out;
  out.name = name_at(what.single, place);
  return out;
}

void Builder::set_schema(const AlterObjectSchemaStmt* node) {
  SetSchema out;
  out.kind = object_kind(node->objectType);
  out.new_schema = name_at(node->newschema, places_.count() - 1);
  out.if_exists = node->missing_ok;
  out.name = altered_object(node->relation, node->object, node->objectType);
  add(std::move(out));
}

void Builder::set_owner(const AlterOwnerStmt* node) {
  SetOwner out;
  out.kind = object_kind(node->objectType);
  out.owner = role(node->newowner);
  out.name = altered_object(node->relation, node->object, node->objectType);
  add(std::move(out));
}

void Builder::comment(const CommentStmt* node) {
  Comment out;
  out.kind = object_kind(node->objtype);
  if (node->comment != nullptr) out.text = node->comment;
  const ObjectName what = object_name(node->object);
  const size_t is = places_.find_word(places_.all(), "is");
  // COMMENT ON <kind words> name [ON table] IS
  const TokenSpan place = {2 + kind_words(node->objtype), is};
  if (what.single != nullptr) {
    out.name.name = name_at(what.single, place.first);
    out.name.range = out.name.name.range;
  } else if (node->objtype == OBJECT_COLUMN) {
    const int count = length(what.names);
    const TokenSpan dotted_span = places_.dotted_name(place.first);
    out.table = name_without_place(what.names, count - 1);
    out.name.name =
        name(string_of(element<Node>(what.names, count - 1)), places_.last_part(dotted_span));
    out.name.range = out.name.name.range;
    if (dotted_span.size() >= 3) {
      out.table.range = places_.range({dotted_span.first, dotted_span.last - 2});
      out.table.name.range = places_.range(dotted_span.last - 3);
    }
  } else if (belongs_to_table(node->objtype)) {
    const int count = length(what.names);
    out.name.name = name_at(string_of(element<Node>(what.names, count - 1)), place.first);
    out.name.range = out.name.name.range;
    out.table = name_without_place(what.names, count - 1);
    const size_t on = places_.find_word(place, "on");
    const TokenSpan table = places_.dotted_name(on + 1);
    out.table.range = places_.range(table);
    out.table.name.range = places_.last_part(table);
  } else if (what.names != nullptr) {
    out.name = qualified(what.names, place);
  }
  add(std::move(out));
}

void Builder::grant(const GrantStmt* node, bool default_privileges) {
  Grant out;
  out.grant = node->is_grant;
  out.kind = object_kind(node->objtype);
  out.all_in_schema = node->targtype == ACL_TARGET_ALL_IN_SCHEMA;
  out.with_grant_option = node->grant_option;
  out.cascade = node->behavior == DROP_CASCADE;
  out.default_privileges = default_privileges;
  out.grantees = roles(node->grantees);
  for (const auto* p : elements<AccessPriv>(node->privileges)) {
    std::string privilege = p->priv_name == nullptr ? "all" : p->priv_name;
    std::string columns;
    for (const auto* c : elements<Node>(p->cols)) {
      columns += (columns.empty() ? "" : ", ") + std::string(string_of(c));
    }
    if (!columns.empty()) privilege += "(" + columns + ")";
    out.privileges.push_back(std::move(privilege));
  }
  for (const auto* object : elements<Node>(node->objects)) {
    if (IsA(object, RangeVar)) {
      out.objects.push_back(relation(node_cast<RangeVar>(object)));
    } else {
      const ObjectName what = object_name(object);
      QualifiedName named = name_without_place(what.names, length(what.names));
      if (what.single != nullptr) named.name.id = what.single;
      out.objects.push_back(std::move(named));
    }
  }
  add(std::move(out));
}

namespace {

struct Other {
  enum class Verb : uint8_t { kCreate, kAlter, kDrop };
  Verb verb = Verb::kCreate;
  ObjectKind kind = ObjectKind::kOther;
  const char* name = nullptr;
  const List* names = nullptr;
  bool conditional = false;  ///< IF EXISTS, IF NOT EXISTS
  const char* what = "";
};

using Verb = Other::Verb;

std::optional<Other> other_object_of(const Node* node) {
  switch (nodeTag(node)) {
    case T_CreateForeignServerStmt: {
      const auto* s = node_cast<CreateForeignServerStmt>(node);
      return Other{Verb::kCreate, ObjectKind::kForeignServer, s->servername, nullptr,
                   s->if_not_exists};
    }
    case T_AlterForeignServerStmt:
      return Other{Verb::kAlter, ObjectKind::kForeignServer,
                   node_cast<AlterForeignServerStmt>(node)->servername};
    case T_CreateFdwStmt:
      return Other{Verb::kCreate, ObjectKind::kForeignDataWrapper,
                   node_cast<CreateFdwStmt>(node)->fdwname};
    case T_AlterFdwStmt:
      return Other{Verb::kAlter, ObjectKind::kForeignDataWrapper,
                   node_cast<AlterFdwStmt>(node)->fdwname};
    case T_CreateUserMappingStmt:
      return Other{Verb::kCreate, ObjectKind::kUserMapping,
                   node_cast<CreateUserMappingStmt>(node)->servername};
    case T_AlterUserMappingStmt:
      return Other{Verb::kAlter, ObjectKind::kUserMapping,
                   node_cast<AlterUserMappingStmt>(node)->servername};
    case T_DropUserMappingStmt: {
      const auto* s = node_cast<DropUserMappingStmt>(node);
      return Other{Verb::kDrop, ObjectKind::kUserMapping, s->servername, nullptr, s->missing_ok};
    }
    case T_CreatePublicationStmt:
      return Other{Verb::kCreate, ObjectKind::kPublication,
                   node_cast<CreatePublicationStmt>(node)->pubname};
    case T_AlterPublicationStmt:
      return Other{Verb::kAlter, ObjectKind::kPublication,
                   node_cast<AlterPublicationStmt>(node)->pubname};
    case T_CreateSubscriptionStmt:
      return Other{Verb::kCreate, ObjectKind::kSubscription,
                   node_cast<CreateSubscriptionStmt>(node)->subname};
    case T_AlterSubscriptionStmt:
      return Other{Verb::kAlter, ObjectKind::kSubscription,
                   node_cast<AlterSubscriptionStmt>(node)->subname};
    case T_DropSubscriptionStmt: {
      const auto* s = node_cast<DropSubscriptionStmt>(node);
      return Other{Verb::kDrop, ObjectKind::kSubscription, s->subname, nullptr, s->missing_ok};
    }
    case T_CreateRoleStmt:
      return Other{Verb::kCreate, ObjectKind::kRole, node_cast<CreateRoleStmt>(node)->role};
    case T_AlterRoleStmt: {
      const auto* s = node_cast<AlterRoleStmt>(node);
      return Other{Verb::kAlter, ObjectKind::kRole,
                   s->role == nullptr ? nullptr : s->role->rolename};
    }
    case T_AlterRoleSetStmt: {
      const auto* s = node_cast<AlterRoleSetStmt>(node);
      return Other{Verb::kAlter,
                   ObjectKind::kRole,
                   s->role == nullptr ? nullptr : s->role->rolename,
                   nullptr,
                   false,
                   "set"};
    }
    case T_DropRoleStmt: {
      const auto* s = node_cast<DropRoleStmt>(node);
      const auto* first = element<RoleSpec>(s->roles, 0);
      return Other{Verb::kDrop, ObjectKind::kRole, first == nullptr ? nullptr : first->rolename,
                   nullptr, s->missing_ok};
    }
    case T_GrantRoleStmt:
      return Other{Verb::kAlter, ObjectKind::kRole,
                   nullptr,      nullptr,
                   false,        node_cast<GrantRoleStmt>(node)->is_grant ? "grant" : "revoke"};
    case T_CreatedbStmt:
      return Other{Verb::kCreate, ObjectKind::kDatabase, node_cast<CreatedbStmt>(node)->dbname};
    case T_AlterDatabaseStmt:
      return Other{Verb::kAlter, ObjectKind::kDatabase, node_cast<AlterDatabaseStmt>(node)->dbname};
    case T_AlterDatabaseSetStmt:
      return Other{Verb::kAlter,
                   ObjectKind::kDatabase,
                   node_cast<AlterDatabaseSetStmt>(node)->dbname,
                   nullptr,
                   false,
                   "set"};
    case T_DropdbStmt: {
      const auto* s = node_cast<DropdbStmt>(node);
      return Other{Verb::kDrop, ObjectKind::kDatabase, s->dbname, nullptr, s->missing_ok};
    }
    case T_CreateTableSpaceStmt:
      return Other{Verb::kCreate, ObjectKind::kTablespace,
                   node_cast<CreateTableSpaceStmt>(node)->tablespacename};
    case T_DropTableSpaceStmt: {
      const auto* s = node_cast<DropTableSpaceStmt>(node);
      return Other{Verb::kDrop, ObjectKind::kTablespace, s->tablespacename, nullptr, s->missing_ok};
    }
    case T_AlterTableSpaceOptionsStmt:
      return Other{Verb::kAlter, ObjectKind::kTablespace,
                   node_cast<AlterTableSpaceOptionsStmt>(node)->tablespacename};
    case T_AlterTableMoveAllStmt:
      return Other{Verb::kAlter,
                   ObjectKind::kTablespace,
                   node_cast<AlterTableMoveAllStmt>(node)->orig_tablespacename,
                   nullptr,
                   false,
                   "move all"};
    case T_CreateEventTrigStmt:
      return Other{Verb::kCreate, ObjectKind::kEventTrigger,
                   node_cast<CreateEventTrigStmt>(node)->trigname};
    case T_AlterEventTrigStmt:
      return Other{Verb::kAlter, ObjectKind::kEventTrigger,
                   node_cast<AlterEventTrigStmt>(node)->trigname};
    case T_CreatePLangStmt:
      return Other{Verb::kCreate, ObjectKind::kLanguage, node_cast<CreatePLangStmt>(node)->plname};
    case T_CreateAmStmt:
      return Other{Verb::kCreate, ObjectKind::kAccessMethod, node_cast<CreateAmStmt>(node)->amname};
    case T_CreateStatsStmt: {
      const auto* s = node_cast<CreateStatsStmt>(node);
      return Other{Verb::kCreate, ObjectKind::kStatistics, nullptr, s->defnames, s->if_not_exists};
    }
    case T_AlterStatsStmt: {
      const auto* s = node_cast<AlterStatsStmt>(node);
      return Other{Verb::kAlter, ObjectKind::kStatistics, nullptr, s->defnames, s->missing_ok};
    }
    case T_CreateCastStmt: return Other{Verb::kCreate, ObjectKind::kCast};
    case T_CreateTransformStmt: return Other{Verb::kCreate, ObjectKind::kTransform};
    case T_CreateConversionStmt:
      return Other{Verb::kCreate, ObjectKind::kConversion, nullptr,
                   node_cast<CreateConversionStmt>(node)->conversion_name};
    case T_CreateOpClassStmt:
      return Other{Verb::kCreate, ObjectKind::kOperatorClass, nullptr,
                   node_cast<CreateOpClassStmt>(node)->opclassname};
    case T_CreateOpFamilyStmt:
      return Other{Verb::kCreate, ObjectKind::kOperatorFamily, nullptr,
                   node_cast<CreateOpFamilyStmt>(node)->opfamilyname};
    case T_AlterOpFamilyStmt:
      return Other{Verb::kAlter, ObjectKind::kOperatorFamily, nullptr,
                   node_cast<AlterOpFamilyStmt>(node)->opfamilyname};
    case T_AlterOperatorStmt: return Other{Verb::kAlter, ObjectKind::kOperator};
    case T_AlterCollationStmt:
      return Other{Verb::kAlter, ObjectKind::kCollation, nullptr,
                   node_cast<AlterCollationStmt>(node)->collname};
    case T_AlterTypeStmt:
      return Other{Verb::kAlter, ObjectKind::kType, nullptr,
                   node_cast<AlterTypeStmt>(node)->typeName};
    case T_AlterTSDictionaryStmt:
      return Other{Verb::kAlter, ObjectKind::kTextSearch, nullptr,
                   node_cast<AlterTSDictionaryStmt>(node)->dictname};
    case T_AlterTSConfigurationStmt:
      return Other{Verb::kAlter, ObjectKind::kTextSearch, nullptr,
                   node_cast<AlterTSConfigurationStmt>(node)->cfgname};
    case T_AlterExtensionStmt:
      return Other{Verb::kAlter,
                   ObjectKind::kExtension,
                   node_cast<AlterExtensionStmt>(node)->extname,
                   nullptr,
                   false,
                   "update"};
    case T_AlterExtensionContentsStmt:
      return Other{Verb::kAlter,
                   ObjectKind::kExtension,
                   node_cast<AlterExtensionContentsStmt>(node)->extname,
                   nullptr,
                   false,
                   "contents"};
    case T_ImportForeignSchemaStmt:
      return Other{Verb::kCreate, ObjectKind::kForeignTable,
                   node_cast<ImportForeignSchemaStmt>(node)->remote_schema};
    case T_AlterSystemStmt: return Other{Verb::kAlter, ObjectKind::kOther, "system"};
    case T_DropOwnedStmt: return Other{Verb::kDrop, ObjectKind::kOther, "owned"};
    case T_ReassignOwnedStmt: return Other{Verb::kAlter, ObjectKind::kOther, "owned"};
    case T_SecLabelStmt: return Other{Verb::kAlter, ObjectKind::kOther, "security label"};
    case T_AlterObjectDependsStmt:
      return Other{Verb::kAlter, ObjectKind::kOther, "depends on extension"};
    default: return std::nullopt;
  }
}

}  // namespace

bool Builder::other_object(const Node* node) {
  const std::optional<Other> other = other_object_of(node);
  if (!other) return false;
  QualifiedName target = name_without_place(other->names, length(other->names));
  if (other->name != nullptr) target.name.id = other->name;
  switch (other->verb) {
    case Verb::kCreate: {
      QualifiedName table;
      if (IsA(node, CreateStatsStmt)) {
        const List* relations = node_cast<CreateStatsStmt>(node)->relations;
        const auto* first = element<Node>(relations, 0);
        if (first != nullptr && IsA(first, RangeVar)) table = relation(node_cast<RangeVar>(first));
      }
      add(CreateObject{other->kind, target, other->conditional, table});
      break;
    }
    case Verb::kAlter: add(AlterObject{other->kind, target, other->what}); break;
    case Verb::kDrop: {
      DropObject out;
      out.kind = other->kind;
      out.name = target;
      out.if_exists = other->conditional;
      add(std::move(out));
      break;
    }
  }
  return true;
}

}  // namespace belay::sql::postgres

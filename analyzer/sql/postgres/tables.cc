// CREATE TABLE, ALTER TABLE, CREATE INDEX, TRUNCATE.

#include "analyzer/sql/postgres/builder.h"

namespace belay::sql::postgres {
namespace {

using What = SetTableOption::What;

std::vector<std::string> like_parts(bits32 options) {
  struct Part {
    bits32 bit;
    const char* name;
  };
  static constexpr Part kParts[] = {
      {CREATE_TABLE_LIKE_COMMENTS, "comments"},
      {CREATE_TABLE_LIKE_COMPRESSION, "compression"},
      {CREATE_TABLE_LIKE_CONSTRAINTS, "constraints"},
      {CREATE_TABLE_LIKE_DEFAULTS, "defaults"},
      {CREATE_TABLE_LIKE_GENERATED, "generated"},
      {CREATE_TABLE_LIKE_IDENTITY, "identity"},
      {CREATE_TABLE_LIKE_INDEXES, "indexes"},
      {CREATE_TABLE_LIKE_STATISTICS, "statistics"},
      {CREATE_TABLE_LIKE_STORAGE, "storage"},
  };
  std::vector<std::string> out;
  for (const Part& part : kParts) {
    if ((options & part.bit) != 0) out.emplace_back(part.name);
  }
  return out;
}

}  // namespace

void Builder::create_table(const CreateStmt* node, bool foreign) {
  CreateTable out;
  out.table = relation(node->relation);
  out.if_not_exists = node->if_not_exists;
  out.temporary = node->relation->relpersistence == RELPERSISTENCE_TEMP;
  out.unlogged = node->relation->relpersistence == RELPERSISTENCE_UNLOGGED;
  out.foreign = foreign;
  // The list of columns stands in the first brackets, behind the name or behind the type's or the
  // parent's name.
  const size_t after_name = places_.dotted_name(places_.at(node->relation->location)).last;
  const TokenSpan after = {after_name, places_.count()};
  TokenSpan list;
  if (node->tableElts != nullptr) list = places_.first_brackets(after);
  const std::vector<TokenSpan> parts = places_.split_at_commas(list);
  size_t i = 0;
  for (const auto* item : elements<Node>(node->tableElts)) {
    const TokenSpan part = i < parts.size() ? parts[i] : TokenSpan{};
    ++i;
    if (IsA(item, ColumnDef)) {
      out.columns.push_back(column(node_cast<ColumnDef>(item), part));
    } else if (IsA(item, Constraint)) {
      out.constraints.push_back(constraint(node_cast<Constraint>(item), part));
    } else if (IsA(item, TableLikeClause)) {
      const auto* like = node_cast<TableLikeClause>(item);
      out.like.push_back({relation(like->relation),
                          like->options == static_cast<bits32>(CREATE_TABLE_LIKE_ALL),
                          like_parts(like->options)});
    }
  }
  for (const auto* parent : elements<RangeVar>(node->inhRelations)) {
    if (node->partbound != nullptr) {
      const size_t bound = std::min(places_.find_word(after, "for"), places_.count());
      const size_t start =
          node->partbound->is_default ? places_.find_word(after, "default") : bound;
      // FOR VALUES WITH (MODULUS ...) has a WITH of its own.
      const size_t own_words = node->partbound->is_default ? 1 : 3;
      TokenSpan bound_span = places_.before_words({start + own_words, places_.count()},
                                                  {"partition", "with", "tablespace"});
      bound_span.first = start;
      out.partition_of =
          PartitionOf{relation(parent), places_.range(bound_span), node->partbound->is_default};
    } else {
      out.inherits.push_back(relation(parent));
    }
  }
  if (node->partspec != nullptr) {
    PartitionBy by;
    by.strategy = node->partspec->strategy;
    const size_t word = places_.at(node->partspec->location);
    const TokenSpan key = places_.first_brackets({word, places_.count()});
    by.range = places_.range({word, std::min(key.last + 1, places_.count())});
    const std::vector<TokenSpan> key_parts = places_.split_at_commas(key);
    size_t k = 0;
    for (const auto* part : elements<PartitionElem>(node->partspec->partParams)) {
      const TokenSpan part_span = k < key_parts.size() ? key_parts[k] : TokenSpan{};
      ++k;
      IndexElement e;
      e.range = places_.range(part_span);
      if (part->name != nullptr) {
        e.column = name_at(part->name, part_span.first);
      } else {
        e.expression = expression(part->expr, e.range);
      }
      by.key.push_back(std::move(e));
    }
    out.partition_by = std::move(by);
  }
  if (node->ofTypename != nullptr) {
    const size_t of = places_.at(node->ofTypename->location);
    out.of_type = qualified(node->ofTypename->names, {of, places_.count()});
  }
  out.options = options(node->options);
  if (node->tablespacename != nullptr) out.tablespace = name(node->tablespacename, {});
  if (node->accessMethod != nullptr) out.access_method = name(node->accessMethod, {});
  add(std::move(out));
}

void Builder::alter_table(const AlterTableStmt* node) {
  AlterTarget target;
  target.name = relation(node->relation);
  target.kind = object_kind(node->objtype);
  target.if_exists = node->missing_ok;
  target.only = !node->relation->inh;
  size_t first = places_.dotted_name(places_.at(node->relation->location)).last;
  if (places_.is(first, TokenKind::kOperator) && places_.token_text(first) == "*") ++first;
  if (places_.is(first, TokenKind::kRightParen)) ++first;  // ONLY (t)
  const std::vector<TokenSpan> parts = places_.split_at_commas({first, places_.count()});
  size_t i = 0;
  for (const auto* item : elements<AlterTableCmd>(node->cmds)) {
    alter_table_clause(target, item, i < parts.size() ? parts[i] : TokenSpan{});
    ++i;
  }
}

void Builder::alter_table_clause(const AlterTarget& target, const AlterTableCmd* node,
                                 TokenSpan span) {
  const ByteRange range = places_.range(span);
  // The place of the column or constraint: behind the clause's own words.
  TokenSpan after_words = places_.skip_word(span, {"add", "drop", "alter", "validate"});
  const bool of_type = target.kind == ObjectKind::kType;
  after_words = of_type ? places_.skip_word(after_words, {"attribute"})
                        : places_.skip_word(after_words, {"column", "constraint"});
  after_words.first = places_.skip_if_exists(after_words.first);
  const auto named = [&] { return name_at(node->name, after_words.first); };
  const bool cascade = node->behavior == DROP_CASCADE;
  switch (node->subtype) {
    case AT_AddColumn: {
      if (target.kind == ObjectKind::kType) {
        add(AlterCompositeType{target.name,
                               AlterCompositeType::Action::kAdd,
                               column(node_cast<ColumnDef>(node->def), after_words),
                               {},
                               cascade,
                               false},
            range);
        break;
      }
      add(AddColumn{target, column(node_cast<ColumnDef>(node->def), after_words), node->missing_ok},
          range);
      break;
    }
    case AT_DropColumn: {
      if (target.kind == ObjectKind::kType) {
        ColumnDefinition attribute;
        attribute.name = named();
        add(AlterCompositeType{target.name,
                               AlterCompositeType::Action::kDrop,
                               attribute,
                               {},
                               cascade,
                               node->missing_ok},
            range);
        break;
      }
      add(DropColumn{target, named(), node->missing_ok, cascade}, range);
      break;
    }
    case AT_AlterColumnType: {
      const auto* definition = node_cast<ColumnDef>(node->def);
      const size_t type_word = places_.find_word(span, "type");
      const TokenSpan type_span = places_.before_words({type_word + 1, span.last},
                                                       {"collate", "using", "cascade", "restrict"});
      if (target.kind == ObjectKind::kType) {
        ColumnDefinition attribute;
        attribute.name = named();
        attribute.type = type(definition->typeName, type_span);
        add(
            AlterCompositeType{
                target.name, AlterCompositeType::Action::kAlterType, attribute, {}, cascade, false},
            range);
        break;
      }
      AlterColumnType out;
      out.table = target;
      out.column = named();
      out.type = type(definition->typeName, type_span);
      if (definition->collClause != nullptr) {
        const size_t word = places_.at(definition->collClause->location);
        out.collation = qualified(definition->collClause->collname, {word + 1, span.last});
      }
      if (definition->raw_default != nullptr) {
        const size_t word = places_.find_word(span, "using");
        out.using_expression =
            expression(definition->raw_default, places_.range({word + 1, span.last}));
      }
      add(std::move(out), range);
      break;
    }
    case AT_ColumnDefault: {
      if (node->def == nullptr) {
        add(DropDefault{target, named()}, range);
      } else {
        const size_t word = places_.find_word(span, "default");
        add(SetDefault{target, named(),
                       expression(node->def, places_.range({word + 1, span.last}))},
            range);
      }
      break;
    }
    case AT_SetNotNull: add(SetNotNull{target, named()}, range); break;
    case AT_DropNotNull: add(DropNotNull{target, named()}, range); break;
    case AT_DropExpression:
      add(AlterGenerated{target, named(), true, {}, node->missing_ok}, range);
      break;
    case AT_AddIdentity: {
      const auto* c = node_cast<Constraint>(node->def);
      add(AlterIdentity{target, named(), AlterIdentity::Action::kAdd,
                        c->generated_when == ATTRIBUTE_IDENTITY_ALWAYS
                            ? ColumnDefinition::Identity::kAlways
                            : ColumnDefinition::Identity::kByDefault,
                        options(c->options), false},
          range);
      break;
    }
    case AT_SetIdentity:
      add(AlterIdentity{target, named(), AlterIdentity::Action::kSet,
                        ColumnDefinition::Identity::kNo,
                        options(reinterpret_cast<const List*>(node->def)), false},
          range);
      break;
    case AT_DropIdentity:
      add(AlterIdentity{target,
                        named(),
                        AlterIdentity::Action::kDrop,
                        ColumnDefinition::Identity::kNo,
                        {},
                        node->missing_ok},
          range);
      break;
    case AT_SetStatistics:
      add(
          SetColumnOption{
              target, named(), SetColumnOption::What::kStatistics, option_value(node->def), {}},
          range);
      break;
    case AT_SetStorage:
      add(
          SetColumnOption{
              target, named(), SetColumnOption::What::kStorage, option_value(node->def), {}},
          range);
      break;
    case AT_SetCompression:
      add(
          SetColumnOption{
              target, named(), SetColumnOption::What::kCompression, option_value(node->def), {}},
          range);
      break;
    case AT_SetOptions:
    case AT_ResetOptions:
      add(SetColumnOption{target, named(),
                          node->subtype == AT_SetOptions ? SetColumnOption::What::kOptions
                                                         : SetColumnOption::What::kResetOptions,
                          "", options(reinterpret_cast<const List*>(node->def))},
          range);
      break;
    case AT_AddConstraint:
      add(AddConstraint{target, constraint(node_cast<Constraint>(node->def),
                                           places_.skip_words(span, {"add"}))},
          range);
      break;
    case AT_DropConstraint:
      add(DropConstraint{target, named(), node->missing_ok, cascade}, range);
      break;
    case AT_ValidateConstraint: add(ValidateConstraint{target, named()}, range); break;
    case AT_AlterConstraint: {
      const auto* c = node_cast<Constraint>(node->def);
      add(AlterConstraint{target, name_at(c->conname, after_words.first), c->deferrable,
                          c->initdeferred},
          range);
      break;
    }
    case AT_AttachPartition: {
      const auto* command = node_cast<PartitionCmd>(node->def);
      if (target.kind == ObjectKind::kIndex) {
        add(AttachIndex{target.name, relation(command->name)}, range);
        break;
      }
      const size_t after = places_.dotted_name(places_.at(command->name->location)).last;
      add(AttachPartition{target, relation(command->name), places_.range({after, span.last}),
                          command->bound != nullptr && command->bound->is_default},
          range);
      break;
    }
    case AT_DetachPartition:
    case AT_DetachPartitionFinalize: {
      const auto* command = node_cast<PartitionCmd>(node->def);
      add(DetachPartition{target, relation(command->name), command->concurrent,
                          node->subtype == AT_DetachPartitionFinalize},
          range);
      break;
    }
    case AT_AddInherit:
    case AT_DropInherit:
      add(SetInheritance{target, relation(node_cast<RangeVar>(node->def)),
                         node->subtype == AT_AddInherit},
          range);
      break;
    case AT_ChangeOwner:
      add(SetOwner{target.kind, target.name, role(node->newowner)}, range);
      break;
    default: alter_table_option(target, node, span); break;
  }
}

void Builder::alter_table_option(const AlterTarget& target, const AlterTableCmd* node,
                                 TokenSpan span) {
  SetTableOption out;
  out.table = target;
  const auto set = [&](What what, std::string value = "") {
    out.what = what;
    out.value = std::move(value);
  };
  const auto last_token_name = [&] {
    if (node->name != nullptr && !span.empty()) out.name = name_at(node->name, span.last - 1);
  };
  switch (node->subtype) {
    case AT_SetLogged: set(What::kLogged); break;
    case AT_SetUnLogged: set(What::kUnlogged); break;
    case AT_SetAccessMethod:
      set(What::kAccessMethod);
      last_token_name();
      break;
    case AT_SetTableSpace:
      set(What::kTablespace);
      last_token_name();
      break;
    case AT_SetRelOptions:
    case AT_ReplaceRelOptions:
      set(What::kParameters);
      out.options = options(reinterpret_cast<const List*>(node->def));
      break;
    case AT_ResetRelOptions:
      set(What::kResetParameters);
      out.options = options(reinterpret_cast<const List*>(node->def));
      break;
    case AT_ClusterOn:
      set(What::kClusterOn);
      last_token_name();
      break;
    case AT_DropCluster: set(What::kWithoutCluster); break;
    case AT_EnableTrig:
      set(What::kTriggerState, "enable");
      last_token_name();
      break;
    case AT_EnableAlwaysTrig:
      set(What::kTriggerState, "enable always");
      last_token_name();
      break;
    case AT_EnableReplicaTrig:
      set(What::kTriggerState, "enable replica");
      last_token_name();
      break;
    case AT_DisableTrig:
      set(What::kTriggerState, "disable");
      last_token_name();
      break;
    case AT_EnableTrigAll:
      set(What::kTriggerState, "enable");
      out.name.id = "all";
      break;
    case AT_DisableTrigAll:
      set(What::kTriggerState, "disable");
      out.name.id = "all";
      break;
    case AT_EnableTrigUser:
      set(What::kTriggerState, "enable");
      out.name.id = "user";
      break;
    case AT_DisableTrigUser:
      set(What::kTriggerState, "disable");
      out.name.id = "user";
      break;
    case AT_EnableRule:
      set(What::kRuleState, "enable");
      last_token_name();
      break;
    case AT_EnableAlwaysRule:
      set(What::kRuleState, "enable always");
      last_token_name();
      break;
    case AT_EnableReplicaRule:
      set(What::kRuleState, "enable replica");
      last_token_name();
      break;
    case AT_DisableRule:
      set(What::kRuleState, "disable");
      last_token_name();
      break;
    case AT_EnableRowSecurity: set(What::kRowSecurity, "enable"); break;
    case AT_DisableRowSecurity: set(What::kRowSecurity, "disable"); break;
    case AT_ForceRowSecurity: set(What::kRowSecurity, "force"); break;
    case AT_NoForceRowSecurity: set(What::kRowSecurity, "no force"); break;
    case AT_ReplicaIdentity: {
      const auto* identity = node_cast<ReplicaIdentityStmt>(node->def);
      switch (identity->identity_type) {
        case 'n': set(What::kReplicaIdentity, "nothing"); break;
        case 'f': set(What::kReplicaIdentity, "full"); break;
        case 'i': set(What::kReplicaIdentity, "index"); break;
        default: set(What::kReplicaIdentity, "default"); break;
      }
      if (identity->name != nullptr) out.name = name_at(identity->name, span.last - 1);
      break;
    }
    case AT_AddOf: set(What::kOfType); break;
    case AT_DropOf: set(What::kNotOfType); break;
    default: set(What::kOther, std::string(places_.range(span).of(places_.text()))); break;
  }
  add(std::move(out), places_.range(span));
}

void Builder::create_index(const IndexStmt* node) {
  CreateIndex out;
  const size_t index_word = places_.find_word(places_.all(), "index");
  out.concurrently_range = places_.range(index_word);
  if (node->concurrent) out.concurrently_range = places_.range(index_word + 1);
  if (node->idxname != nullptr) {
    const size_t behind = index_word + (node->concurrent ? 2 : 1);
    out.index.name = name_at(node->idxname, places_.skip_if_exists(behind));
    out.index.range = out.index.name.range;
  }
  out.table = relation(node->relation);
  out.unique = node->unique;
  out.concurrently = node->concurrent;
  out.if_not_exists = node->if_not_exists;
  out.only = !node->relation->inh;
  if (node->accessMethod != nullptr) out.method = node->accessMethod;
  const size_t after_table = places_.dotted_name(places_.at(node->relation->location)).last;
  const TokenSpan rest = {after_table, places_.count()};
  out.elements = index_elements(node->indexParams, places_.first_brackets(rest));
  if (node->indexIncludingParams != nullptr) {
    const size_t word = places_.find_word(rest, "include");
    for (const IndexElement& e : index_elements(node->indexIncludingParams,
                                                places_.first_brackets({word, places_.count()}))) {
      out.include.push_back(e.column);
    }
  }
  if (node->whereClause != nullptr) {
    const size_t word = places_.find_word(rest, "where");
    out.predicate = expression(node->whereClause, places_.range({word + 1, places_.count()}));
  }
  out.nulls_not_distinct = node->nulls_not_distinct;
  out.options = options(node->options);
  if (node->tableSpace != nullptr) out.tablespace = name(node->tableSpace, {});
  add(std::move(out));
}

void Builder::truncate(const TruncateStmt* node) {
  for (const auto* table : elements<RangeVar>(node->relations)) {
    const QualifiedName where = relation(table);
    add(Truncate{where, node->behavior == DROP_CASCADE, node->restart_seqs},
        length(node->relations) == 1 ? whole() : where.range);
  }
}

}  // namespace belay::sql::postgres

#include "analyzer/sql/postgres/catalog_tables.h"

#include <algorithm>
#include <iterator>

namespace belay::sql::postgres {
namespace {

using GuardKind = ExistenceGuard::Kind;
using RoleOf = CatalogRole;

struct CatalogColumn {
  std::string_view table;
  std::string_view name;
  CatalogRole role;
};

constexpr CatalogTable kTables[] = {
    {"pg_class", false, GuardKind::kRelation},
    {"pg_type", false, GuardKind::kType},
    {"pg_constraint", false, GuardKind::kConstraint},
    {"pg_namespace", false, GuardKind::kSchema},
    {"pg_attribute", false, GuardKind::kColumn},
    {"pg_trigger", false, GuardKind::kTrigger},
    {"pg_proc", false, GuardKind::kFunction},
    {"pg_enum", false, GuardKind::kEnumValue},
    {"pg_extension", false, GuardKind::kExtension},
    {"pg_policy", false, GuardKind::kPolicy},
    {"pg_index", false, GuardKind::kIndex},
    {"pg_tables", false, GuardKind::kTable},
    {"pg_views", false, GuardKind::kView},
    {"pg_matviews", false, GuardKind::kMaterializedView},
    {"pg_indexes", false, GuardKind::kIndex},
    {"pg_sequences", false, GuardKind::kSequence},
    {"pg_policies", false, GuardKind::kPolicy},
    {"pg_roles", false, GuardKind::kRole},
    {"pg_authid", false, GuardKind::kRole},
    {"tables", true, GuardKind::kTableOrView},
    {"columns", true, GuardKind::kColumn},
    {"views", true, GuardKind::kView},
    {"schemata", true, GuardKind::kSchema},
    {"sequences", true, GuardKind::kSequence},
    {"table_constraints", true, GuardKind::kConstraint},
    {"routines", true, GuardKind::kFunction},
};

constexpr CatalogColumn kColumns[] = {
    {"pg_class", "relname", RoleOf::kName},
    {"pg_class", "oid", RoleOf::kOid},
    {"pg_class", "relnamespace", RoleOf::kSchemaOid},
    {"pg_class", "relkind", RoleOf::kRelationKind},
    {"pg_type", "typname", RoleOf::kName},
    {"pg_type", "oid", RoleOf::kOid},
    {"pg_type", "typnamespace", RoleOf::kSchemaOid},
    {"pg_type", "typtype", RoleOf::kTypeKind},
    {"pg_constraint", "conname", RoleOf::kName},
    {"pg_constraint", "conrelid", RoleOf::kOwnerOid},
    {"pg_constraint", "connamespace", RoleOf::kSchemaOid},
    {"pg_constraint", "contype", RoleOf::kContype},
    {"pg_namespace", "nspname", RoleOf::kName},
    {"pg_namespace", "oid", RoleOf::kOid},
    {"pg_attribute", "attname", RoleOf::kName},
    {"pg_attribute", "attrelid", RoleOf::kOwnerOid},
    {"pg_attribute", "attisdropped", RoleOf::kFalse},
    {"pg_attribute", "attnum", RoleOf::kPositive},
    {"pg_trigger", "tgname", RoleOf::kName},
    {"pg_trigger", "tgrelid", RoleOf::kOwnerOid},
    {"pg_trigger", "tgisinternal", RoleOf::kFalse},
    {"pg_proc", "proname", RoleOf::kName},
    {"pg_proc", "pronamespace", RoleOf::kSchemaOid},
    {"pg_enum", "enumlabel", RoleOf::kName},
    {"pg_enum", "enumtypid", RoleOf::kOwnerOid},
    {"pg_extension", "extname", RoleOf::kName},
    {"pg_policy", "polname", RoleOf::kName},
    {"pg_policy", "polrelid", RoleOf::kOwnerOid},
    {"pg_index", "indexrelid", RoleOf::kIndexOid},
    {"pg_index", "indrelid", RoleOf::kOwnerOid},
    {"pg_tables", "tablename", RoleOf::kName},
    {"pg_tables", "schemaname", RoleOf::kSchema},
    {"pg_views", "viewname", RoleOf::kName},
    {"pg_views", "schemaname", RoleOf::kSchema},
    {"pg_matviews", "matviewname", RoleOf::kName},
    {"pg_matviews", "schemaname", RoleOf::kSchema},
    {"pg_indexes", "indexname", RoleOf::kName},
    {"pg_indexes", "tablename", RoleOf::kOwner},
    {"pg_indexes", "schemaname", RoleOf::kSchema},
    {"pg_sequences", "sequencename", RoleOf::kName},
    {"pg_sequences", "schemaname", RoleOf::kSchema},
    {"pg_policies", "policyname", RoleOf::kName},
    {"pg_policies", "tablename", RoleOf::kOwner},
    {"pg_policies", "schemaname", RoleOf::kSchema},
    {"pg_roles", "rolname", RoleOf::kName},
    {"pg_authid", "rolname", RoleOf::kName},
    {"tables", "table_name", RoleOf::kName},
    {"tables", "table_schema", RoleOf::kSchema},
    {"tables", "table_type", RoleOf::kTableType},
    {"tables", "table_catalog", RoleOf::kDatabase},
    {"columns", "column_name", RoleOf::kName},
    {"columns", "table_name", RoleOf::kOwner},
    {"columns", "table_schema", RoleOf::kSchema},
    {"columns", "table_catalog", RoleOf::kDatabase},
    {"views", "table_name", RoleOf::kName},
    {"views", "table_schema", RoleOf::kSchema},
    {"schemata", "schema_name", RoleOf::kName},
    {"sequences", "sequence_name", RoleOf::kName},
    {"sequences", "sequence_schema", RoleOf::kSchema},
    {"table_constraints", "constraint_name", RoleOf::kName},
    {"table_constraints", "table_name", RoleOf::kOwner},
    {"table_constraints", "table_schema", RoleOf::kSchema},
    {"table_constraints", "constraint_schema", RoleOf::kSchema},
    {"table_constraints", "constraint_type", RoleOf::kConstraintType},
    {"table_constraints", "constraint_catalog", RoleOf::kDatabase},
    {"table_constraints", "table_catalog", RoleOf::kDatabase},
    {"routines", "routine_name", RoleOf::kName},
    {"routines", "routine_schema", RoleOf::kSchema},
};

}  // namespace

const CatalogTable* find_catalog_table(std::string_view schema, std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kTables), std::end(kTables), [&](const CatalogTable& t) {
        const bool here = t.information_schema ? schema == "information_schema"
                                               : schema.empty() || schema == "pg_catalog";
        return here && t.name == name;
      });
  return found == std::end(kTables) ? nullptr : found;
}

std::optional<CatalogRole> find_catalog_column(const CatalogTable& table, std::string_view column) {
  for (const CatalogColumn& c : kColumns) {
    if (c.table == table.name && c.name == column) return c.role;
  }
  return std::nullopt;
}

}  // namespace belay::sql::postgres

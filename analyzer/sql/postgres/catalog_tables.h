#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "analyzer/sql/routine_body.h"

/// The part of PostgreSQL's catalog that conditions ask: its manual's chapters "System Catalogs",
/// "System Views" and "The Information Schema".
namespace belay::sql::postgres {

/// What a column of the catalog tells.
enum class CatalogRole : uint8_t {
  kName,
  kSchema,  ///< the schema's name
  kOwner,   ///< the owning table's name
  kOid,
  kSchemaOid,
  kOwnerOid,      ///< of a table; of an enum value's type
  kIndexOid,      ///< of the pg_class row that is the index
  kRelationKind,  ///< pg_class.relkind
  kTableType,     ///< 'BASE TABLE', 'VIEW'
  kTypeKind,      ///< pg_type.typtype
  kContype,       ///< pg_constraint.contype
  kConstraintType,
  kFalse,     ///< false for everything that we mean
  kPositive,  ///< above 0 likewise
  kDatabase,
};

/// A table or view of the catalog, and what its rows are.
struct CatalogTable {
  std::string_view name;
  bool information_schema;  ///< else of pg_catalog
  ExistenceGuard::Kind kind;
};

/// Null for what is no table that we know. `schema` may be empty.
const CatalogTable* find_catalog_table(std::string_view schema, std::string_view name);

std::optional<CatalogRole> find_catalog_column(const CatalogTable& table, std::string_view column);

}  // namespace belay::sql::postgres

#pragma once

#include <optional>
#include <set>
#include <string>

#include "analyzer/sql/postgres/places.h"
#include "analyzer/sql/postgres/raw_tree.h"
#include "analyzer/sql/routine_body.h"

namespace belay::sql::postgres {

/// What a query over the catalog must yield to be understood.
enum class CatalogQuery : uint8_t {
  kRows,         ///< rows, whatever is in them
  kOneConstant,  ///< one constant for each row
  kCount,        ///< count(*)
};

/// The object that exists exactly where the query finds rows; nothing where it asks for more.
/// `variables` are names that may mean a variable instead of a column.
std::optional<ExistenceGuard> catalog_query(const Node* select, const Places& places,
                                            const std::set<std::string>& variables,
                                            CatalogQuery yields);

/// The name in a constant as regclass reads it: 'public.t', '"T"'.
std::optional<QualifiedName> regclass_name(const Node* constant, const Places& places);

/// The one expression of a SELECT without anything else; null for any other.
const Node* only_value(const Node* select);

}  // namespace belay::sql::postgres

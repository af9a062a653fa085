#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analyzer/sql/postgres/places.h"
#include "analyzer/sql/postgres/raw_tree.h"
#include "analyzer/sql/routine_body.h"

/// Recognises the conditions that ask whether an object exists. Exact or nothing: a condition with
/// any part that is not understood is not recognised at all.
namespace belay::sql::postgres {

/// True exactly where all guards hold; `negated`: where not all of them do. Never empty.
struct Existence {
  std::vector<ExistenceGuard> all_of;
  bool negated = false;
};

/// What is known of a body's variables at a place in it.
struct Variables {
  /// Every name that may be a variable's. A column of that name could be the variable.
  std::set<std::string> names;
  /// What a variable that is true says of the schema, which has not changed since.
  std::map<std::string, Existence> facts;
};

/// What the expression of a `SELECT expression` says.
std::optional<Existence> recognise_condition(const Node* select, const Places& places,
                                             const Variables& variables);
/// Whether a query returns rows.
std::optional<Existence> recognise_rows(const Node* select, const Places& places,
                                        const Variables& variables);

/// Decides whether a block whose steps do `operations` runs to its end, where `caught` are the
/// conditions of its handlers. Nothing where anything else than existence could decide it.
std::optional<Existence> recognise_handled(const std::vector<const Operation*>& operations,
                                           const std::set<std::string>& caught, ByteRange range);

}  // namespace belay::sql::postgres

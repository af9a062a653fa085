#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/schema/schema.h"
#include "analyzer/sql/operation.h"

/// What operations cost on their engine.
namespace belay::effects {

/// PostgreSQL's table-level lock modes, from weak to strong, by their names in pg_locks without
/// `Lock`. SQLite knows one writer for the whole database, which is `kDatabaseWrite`.
enum class LockMode : uint8_t {
  kNone,
  kAccessShare,
  kRowShare,
  kRowExclusive,
  kShareUpdateExclusive,
  kShare,
  kShareRowExclusive,
  kExclusive,
  kAccessExclusive,
  kDatabaseWrite,
};

/// As the manual writes it: `ACCESS EXCLUSIVE`; empty for none.
std::string_view lock_mode_name(LockMode mode);

/// What holders of the lock keep others from doing, in words: `reads and writes`, `writes`, or
/// empty where neither ordinary reads nor writes wait.
std::string_view blocked_by(LockMode mode);

/// What an operation does to one relation.
struct RelationEffect {
  std::string relation;  ///< `schema.name` where the schema was written, else `name`
  LockMode lock = LockMode::kNone;
  bool rewrite = false;       ///< every row is written anew
  bool scan = false;          ///< every row is read
  bool builds_index = false;  ///< at least one index is built or rebuilt
  /// The same script made the relation, and nothing was put into it: nobody waits, nothing to scan.
  bool is_new = false;
};

/// What an operation costs.
struct Effect {
  std::vector<RelationEffect> relations;
  /// Cannot run inside a transaction block.
  bool outside_transaction = false;
  /// What could not be told and why: `the type before is not known`. Empty where all is certain.
  std::string unknown;

  bool empty() const { return relations.empty() && !outside_transaction && unknown.empty(); }
  /// The strongest lock on a relation that others may be using.
  LockMode strongest() const;
  /// The effect on one relation; null where there is none.
  const RelationEffect* on(std::string_view relation) const;
};

/// The effect of an operation on the schema before it.
/// `script` tells which relations the same script made (`schema::Origin::script`).
Effect effect_of(const sql::Operation& operation, const schema::Schema& before, uint32_t script);

/// One line for people: `ACCESS EXCLUSIVE on orders (reads and writes wait), table rewritten`.
std::string describe(const Effect& effect);

}  // namespace belay::effects

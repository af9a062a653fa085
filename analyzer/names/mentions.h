#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "analyzer/schema/schema.h"
#include "analyzer/sql/script.h"

/// Where scripts name the objects of a schema.
namespace belay::names {

enum class Kind : uint8_t {
  kRelation,  ///< a table, a view, a sequence: they share their names
  kColumn,
  kIndex,
  kConstraint,
  kType,
  kFunction,
};

/// An object by the name that it has at one point of a history.
struct Object {
  Kind kind = Kind::kRelation;
  std::string key;   ///< as `schema::Schema::key` makes it; of a part, that of its relation
  std::string part;  ///< the column or constraint; else empty

  friend bool operator==(const Object&, const Object&) = default;
  friend bool operator<(const Object& a, const Object& b) {
    return std::tie(a.kind, a.key, a.part) < std::tie(b.kind, b.key, b.part);
  }
};

/// What the statement does with what it names.
enum class Role : uint8_t {
  kMakes,
  kDrops,
  kRenames,  ///< from this name
  kNames,    ///< gives this name to what had another
  kUses,     ///< reads, writes or changes it
};

struct Mention {
  Object object;
  Role role = Role::kUses;
  ByteRange range;  ///< of the name alone, in the script's text
  uint32_t statement = 0;
};

/// Everything that the statements of a script name and that is surely known, in the order of the
/// text. `before`: the schema that the script finds. A column that several tables of a query could
/// have is left out, as is what only a routine's body names.
std::vector<Mention> mentions_in(const sql::ParsedScript& script, const schema::Schema& before,
                                 uint32_t script_id);

}  // namespace belay::names

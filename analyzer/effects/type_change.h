#pragma once

#include "analyzer/schema/schema.h"

namespace belay::effects {

/// What ALTER COLUMN ... TYPE costs on PostgreSQL, measured on 15.20 (`docs/effects.md`).
enum class TypeChange : uint8_t {
  kMetadata,       ///< the catalog alone
  kReindex,        ///< the heap stays; indexes on the column are rebuilt
  kMetadataInUtc,  ///< timestamp <-> timestamptz: the catalog alone where the session's TimeZone is
                   ///< UTC
  kRewrite,        ///< every row and every index of the table
};

/// What becomes of the values.
enum class ValueChange : uint8_t {
  kKept,       ///< every value of the old type is one of the new
  kNarrowed,   ///< some values are cut, rounded or refused
  kConverted,  ///< values take another form; the way back is another conversion
};

/// Without USING. `schema` knows domains; an unknown user type counts as a rewrite.
TypeChange type_change(const schema::Type& from, const schema::Type& to,
                       const schema::Schema& schema);

ValueChange value_change(const schema::Type& from, const schema::Type& to);

}  // namespace belay::effects

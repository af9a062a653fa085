#pragma once

#include "analyzer/effects/effect.h"

/// One function for each engine; callers use `effect_of`.
namespace belay::effects {

Effect postgres_effect(const sql::Operation& operation, const schema::Schema& before,
                       uint32_t script);
Effect sqlite_effect(const sql::Operation& operation, const schema::Schema& before,
                     uint32_t script);

}  // namespace belay::effects

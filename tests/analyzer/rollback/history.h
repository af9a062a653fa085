#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/rollback/generate/generate.h"
#include "analyzer/rollback/trial.h"

namespace belay::rollback {

/// A history of two steps: what was there before, and the up that is asked about.
struct History {
  History(std::string_view first, std::string_view second, Dialect dialect)
      : before(try_script(first, schema::Schema(dialect), 0, true)),
        up(try_script(second, before.after, 2, true)),
        ups({before.script.get(), up.script.get()}) {}

  std::vector<DataLoss> lost() const {
    std::vector<DataLoss> out;
    for (const auto& losses : up.losses) out.insert(out.end(), losses.begin(), losses.end());
    return out;
  }
  GeneratedDown generate() const {
    const std::vector<DataLoss> losses = lost();
    return generate_down({before.after, up.after, ups, losses});
  }
  Reversibility judge_down(std::string_view down) const {
    return try_down({before.after, up.after, up.run, 1, true}, down);
  }

  Trial before;
  Trial up;
  std::vector<const sql::ParsedScript*> ups;
};

inline Dialect dialect_of(Engine engine) { return {engine, default_version(engine)}; }

}  // namespace belay::rollback

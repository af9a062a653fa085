#include "runtime/session/heard_statements.h"

#include <algorithm>
#include <utility>

namespace belay::runtime {

const HeardStatements::Known& HeardStatements::look_up(std::string_view sql) {
  const auto found = known_.find(sql);
  if (found != known_.end()) return found->second;
  // Values that are written into the text make each another one.
  constexpr size_t kMost = 1000;
  if (known_.size() == kMost) known_.clear();
  Known known;
  Script script;
  script.sql = sql;
  if (Result<ScriptPlan> plan = driver_.plan(script, /*transaction=*/true)) {
    known.effects = std::move(plan->effects);
    known.locks_rows = std::all_of(plan->body.begin(), plan->body.end(),
                                   [](const PlannedStatement& one) { return one.locks_rows; });
  }
  return known_.emplace(std::move(script.sql), std::move(known)).first->second;
}

bool HeardStatements::hear(std::string_view sql, std::vector<TableEffect>& effects) {
  const Known& known = look_up(sql);
  for (const TableEffect& effect : known.effects) {
    // That rows go is said once; drops and renames follow one another.
    const bool said = effect.kind == TableEffect::Kind::kTakesRows &&
                      std::find(effects.begin(), effects.end(), effect) != effects.end();
    if (!said) effects.push_back(effect);
  }
  return known.locks_rows;
}

}  // namespace belay::runtime

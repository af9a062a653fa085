#include "analyzer/rollback/trial.h"

#include "analyzer/sql/script.h"

namespace belay::rollback {

Trial try_script(std::string_view text, const schema::Schema& start, uint32_t script_id,
                 bool in_transaction) {
  Trial out{std::make_unique<const sql::ParsedScript>(
                sql::parse_script(text, {0, static_cast<uint32_t>(text.size())}, start.dialect(),
                                  sql::Recovery::kExact, nullptr)),
            {},
            {},
            {},
            start};
  out.run.script = out.script.get();
  schema::Replay replay(std::move(out.after));
  for (uint32_t s = 0; s < out.script->statements.size(); ++s) {
    const sql::StatementPtr& parsed = out.script->statements[s].parsed;
    if (parsed == nullptr) continue;
    for (uint32_t o = 0; o < parsed->operations.size(); ++o) {
      out.losses.push_back(data_losses(*out.script, s, o, replay.schema(), script_id));
      out.failures.push_back(replay.apply(*parsed, o, {script_id, s}));
      out.run.steps.push_back({s, o, in_transaction, &out.losses.back(), &out.failures.back()});
    }
  }
  out.after = std::move(replay).take();
  return out;
}

Reversibility try_down(const TrialInput& input, std::string_view down) {
  const Trial trial =
      try_script(down, input.after_up, 2 * input.migration + 1, input.in_transaction);
  return judge({input.before, input.after_up, &trial.after, input.up, trial.run});
}

}  // namespace belay::rollback

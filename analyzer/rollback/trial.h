#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>

#include "analyzer/rollback/reversibility.h"

namespace belay::rollback {

/// A script that stands nowhere yet, replayed.
struct Trial {
  std::unique_ptr<const sql::ParsedScript> script;
  /// What the steps of `run` point to.
  std::deque<std::vector<DataLoss>> losses;
  std::deque<std::optional<schema::Failure>> failures;
  Run run;
  schema::Schema after;
};

/// `in_transaction`: whether the runner opens one for it.
Trial try_script(std::string_view text, const schema::Schema& start, uint32_t script_id,
                 bool in_transaction);

struct TrialInput {
  const schema::Schema& before;
  const schema::Schema& after_up;
  Run up;
  uint32_t migration = 0;
  bool in_transaction = true;
};

/// The verdict that the migration would get with `down` as its down.
Reversibility try_down(const TrialInput& input, std::string_view down);

}  // namespace belay::rollback

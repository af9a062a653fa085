#include "lsp/features/code_lens.h"

#include "lsp/features/risk.h"
#include "lsp/features/verdict.h"
#include "lsp/protocol/capabilities.h"
#include "lsp/protocol/results.h"

namespace belay::lsp {
namespace {

class Builder {
 public:
  Builder(const FeatureInput& input, const DocumentScript& script, std::vector<CodeLens>& out)
      : out_(out), range_(first_line(input, script)) {
    CommandArguments arguments;
    arguments.uri = input.document.document.uri;
    arguments.migration = script.of().id;
    arguments.version = input.document.document.version;
    arguments_ = command_arguments_json(arguments);
  }

  void add(std::string title, std::string_view command) {
    out_.push_back({range_, {std::move(title), std::string(command), arguments_}});
  }

 private:
  static PositionRange first_line(const FeatureInput& input, const DocumentScript& script) {
    const uint32_t at = start_of(script.location(), script.analyzed());
    const Position start = input.text().position_at(at, input.unit);
    return {start, start};
  }

  std::vector<CodeLens>& out_;
  PositionRange range_;
  std::string arguments_;
};

/// What the down makes of the up, and the way to the other script.
void add_rollback_lenses(Builder& builder, const DocumentScript& script) {
  const AnalyzedSet& set = *script.history->set;
  if (has_verdict(set, script.migration)) {
    const rollback::Reversibility& r = set.migrations[script.migration]->reversibility;
    builder.add(verdict_line(r), commands::kShowVerdict);
  }
  const project::Migration& migration = script.of();
  if (!migration.up || !migration.down) return;
  const bool is_up = script.direction == project::Direction::kUp;
  builder.add(is_up ? "Go to the down" : "Go to the up",
              is_up ? commands::kGoToDown : commands::kGoToUp);
}

void add_session_lenses(Builder& builder, const DocumentScript& script,
                        const SessionViews& sessions) {
  const project::Migration& migration = script.of();
  const auto found = sessions.find(script.history->set->set->directory);
  const SessionView* view = found == sessions.end() ? nullptr : &found->second;
  const bool may_be_open = view == nullptr || view->open;
  const std::string& version = migration.version.empty() ? migration.id : migration.version;
  const bool applied = view != nullptr && view->is_applied(version);
  if (!applied) builder.add("Plan", commands::kPlan);
  if (view == nullptr || !view->open) builder.add("Begin session", commands::kBegin);
  if (!may_be_open) return;
  builder.add(applied ? "Take back" : "Apply up to here",
              applied ? commands::kDown : commands::kApply);
  builder.add("Commit", commands::kCommit);
  builder.add("Rollback", commands::kRollback);
}

}  // namespace

std::vector<CodeLens> code_lenses(const FeatureInput& input, const CodeLensOptions& options) {
  std::vector<CodeLens> out;
  for (const DocumentScript& script : scripts_in(input.document)) {
    Builder builder(input, script, out);
    const bool is_up = script.direction == project::Direction::kUp;
    if (is_up) builder.add(risk_line(risk_of(script.analyzed())), commands::kShowRisk);
    add_rollback_lenses(builder, script);
    if (!is_up) continue;
    const bool is_step = script.of().kind == project::Migration::Kind::kVersioned;
    if (options.session_commands && script.history->has_database && is_step) {
      add_session_lenses(builder, script, options.sessions);
    }
  }
  return out;
}

}  // namespace belay::lsp

#include "lsp/features/code_lens.h"

#include "lsp/features/risk.h"
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
    const auto& statements = script.analyzed().parsed->statements;
    const uint32_t at =
        statements.empty() ? script.location().range.begin : statements.front().range.begin;
    const Position start = input.text().position_at(at, input.unit);
    return {start, start};
  }

  std::vector<CodeLens>& out_;
  PositionRange range_;
  std::string arguments_;
};

void add_session_lenses(Builder& builder, const DocumentScript& script,
                        const SessionViews& sessions) {
  const project::Migration& migration = script.of();
  const auto found = sessions.find(script.history->set->set->directory);
  const SessionView* view = found == sessions.end() ? nullptr : &found->second;
  const bool may_be_open = view == nullptr || view->open;
  const std::string& version = migration.version.empty() ? migration.id : migration.version;
  const bool applied = view != nullptr && view->applied.contains(version);
  if (view == nullptr || !view->open) builder.add("Begin session", commands::kBegin);
  if (!may_be_open) return;
  if (!applied) builder.add("Apply up to here", commands::kApply);
  builder.add("Commit", commands::kCommit);
  builder.add("Rollback", commands::kRollback);
}

}  // namespace

std::vector<CodeLens> code_lenses(const FeatureInput& input, const CodeLensOptions& options) {
  std::vector<CodeLens> out;
  for (const DocumentScript& script : scripts_in(input.document)) {
    if (script.direction != project::Direction::kUp) continue;
    Builder builder(input, script, out);
    builder.add(risk_line(risk_of(script.analyzed())), commands::kShowRisk);
    const bool is_step = script.of().kind == project::Migration::Kind::kVersioned;
    if (options.session_commands && script.history->has_database && is_step) {
      add_session_lenses(builder, script, options.sessions);
    }
  }
  return out;
}

}  // namespace belay::lsp

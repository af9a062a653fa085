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
      : out_(out),
        range_(first_line(input, script)),
        data_{input.document.document.uri, input.document.document.version, script.of().id} {
    CommandArguments arguments;
    arguments.uri = data_.uri;
    arguments.migration = data_.migration;
    arguments.version = data_.version;
    arguments_ = command_arguments_json(arguments);
  }

  void add(std::string title, std::string_view command) {
    out_.push_back({range_, {std::move(title), std::string(command), arguments_}, {}});
  }
  /// One whose text is made when it is asked for.
  void add_later(CodeLensData::What what) {
    CodeLensData data = data_;
    data.what = what;
    out_.push_back({range_, {}, std::move(data)});
  }
  void add(CodeLensData::What what, const DocumentScript& script) {
    add(text_of(what, script),
        what == CodeLensData::What::kRisk ? commands::kShowRisk : commands::kShowVerdict);
  }

 private:
  static std::string text_of(CodeLensData::What what, const DocumentScript& script) {
    const AnalyzedSet& set = *script.history->set;
    if (what == CodeLensData::What::kVerdict) {
      return verdict_line(set.migrations[script.migration]->reversibility);
    }
    return risk_line(risk_of(script.analyzed()));
  }
  static PositionRange first_line(const FeatureInput& input, const DocumentScript& script) {
    const uint32_t at = start_of(script.location(), script.analyzed());
    const Position start = input.text().position_at(at, input.unit);
    return {start, start};
  }

  std::vector<CodeLens>& out_;
  PositionRange range_;
  CodeLensData data_;
  std::string arguments_;
};

void add_text(Builder& builder, CodeLensData::What what, const DocumentScript& script, bool later) {
  later ? builder.add_later(what) : builder.add(what, script);
}

/// What the down makes of the up, and the way to the other script.
void add_rollback_lenses(Builder& builder, const DocumentScript& script, bool later) {
  if (has_verdict(*script.history->set, script.migration)) {
    add_text(builder, CodeLensData::What::kVerdict, script, later);
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
    if (is_up) add_text(builder, CodeLensData::What::kRisk, script, options.texts_later);
    add_rollback_lenses(builder, script, options.texts_later);
    if (!is_up) continue;
    const bool is_step = script.of().kind == project::Migration::Kind::kVersioned;
    if (options.session_commands && script.history->has_database && is_step) {
      add_session_lenses(builder, script, options.sessions);
    }
  }
  return out;
}

Result<CodeLens> resolved_lens(const FeatureInput& input, CodeLens lens) {
  for (const DocumentScript& script : scripts_in(input.document)) {
    const bool is_up = script.direction == project::Direction::kUp;
    if (script.of().id != lens.data->migration) continue;
    if (!is_up && lens.data->what == CodeLensData::What::kRisk) continue;
    std::vector<CodeLens> out;
    Builder(input, script, out).add(lens.data->what, script);
    out.front().range = lens.range;
    return std::move(out.front());
  }
  return Error{"the migration is not there any more", lens.data->migration, ""};
}

}  // namespace belay::lsp

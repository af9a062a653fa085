#include "lsp/features/inlay_hints.h"

#include <algorithm>

#include "lsp/features/edited_text.h"

namespace belay::lsp {
namespace {

using effects::LockMode;
using effects::RelationEffect;

/// What an operation does to a relation that others use, worth a word. That SQLite has one writer
/// is true of every statement.
bool is_heavy(const RelationEffect& effect) {
  const bool shuts_out =
      effect.lock != LockMode::kDatabaseWrite && !effects::blocked_by(effect.lock).empty();
  return effect.rewrite || effect.scan || effect.builds_index || shuts_out;
}

/// `users` of the effect, among `public.users` of the plan.
const uint64_t* rows_of(const LiveSizes* sizes, const std::string& relation) {
  if (sizes == nullptr) return nullptr;
  for (const auto& [table, rows] : sizes->rows) {
    const bool same =
        table == relation || table.ends_with("." + relation) || relation.ends_with("." + table);
    if (same) return &rows;
  }
  return nullptr;
}

/// `12,345,678` is easier to weigh than the digits alone.
std::string grouped(uint64_t number) {
  std::string out = std::to_string(number);
  for (size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, ",");
  return out;
}

/// The worst that a statement does to one relation, over its operations.
struct Cost {
  RelationEffect effect;
  bool unsure = false;
};

void add_step(const effects::Effect& step, std::vector<Cost>& costs) {
  for (const RelationEffect& effect : step.relations) {
    if (effect.is_new) continue;
    const auto known = std::find_if(costs.begin(), costs.end(), [&](const Cost& cost) {
      return cost.effect.relation == effect.relation;
    });
    Cost& cost = known == costs.end() ? costs.emplace_back(Cost{effect, false}) : *known;
    cost.effect.lock = std::max(cost.effect.lock, effect.lock);
    cost.effect.rewrite |= effect.rewrite;
    cost.effect.scan |= effect.scan;
    cost.effect.builds_index |= effect.builds_index;
    cost.unsure |= !step.unknown.empty();
  }
}

void append(std::string& out, const std::string& part) {
  if (!out.empty()) out += " · ";
  out += part;
}

/// `ACCESS EXCLUSIVE · rewrites users (12,345 rows)`.
std::string label_of(const std::vector<Cost>& costs, const LiveSizes* sizes) {
  LockMode strongest = LockMode::kNone;
  for (const Cost& cost : costs) strongest = std::max(strongest, cost.effect.lock);
  std::string out(effects::lock_mode_name(strongest));
  const bool alone = costs.size() == 1;
  for (const Cost& cost : costs) {
    const RelationEffect& effect = cost.effect;
    const uint64_t* rows = rows_of(sizes, effect.relation);
    std::string work = effect.rewrite        ? "rewrites"
                       : effect.builds_index ? "builds an index"
                       : effect.scan         ? "scans"
                                             : "";
    if (work.empty()) continue;
    if (!alone || rows != nullptr) {
      work += effect.builds_index && !effect.rewrite ? " over " : " ";
      work += effect.relation;
    }
    if (rows != nullptr) work += " (" + grouped(*rows) + (*rows == 1 ? " row)" : " rows)");
    append(out, work);
  }
  const bool unsure =
      std::any_of(costs.begin(), costs.end(), [](const Cost& cost) { return cost.unsure; });
  return unsure && !out.empty() ? out + "?" : out;
}

/// A script's hints.
class Hints {
 public:
  Hints(const FeatureInput& input, const DocumentScript& script, const InlayHintOptions& options,
        ByteRange shown, std::vector<InlayHint>& out)
      : input_(input),
        now_(open_text(input)),
        edited_(input.text().text(), now_.text()),
        script_(script),
        options_(options),
        shown_(shown),
        out_(out) {
    const auto sizes = options.sizes.find(script.history->set->set->directory);
    if (sizes != options.sizes.end()) sizes_ = &sizes->second;
  }

  void run() {
    const AnalyzedScript& analyzed = script_.analyzed();
    const auto& steps = analyzed.result->trace.steps;
    bool first = true;
    for (size_t i = 0; i < steps.size();) {
      const uint32_t statement = steps[i].statement;
      std::vector<Cost> costs;
      std::string tooltip;
      for (; i < steps.size() && steps[i].statement == statement; ++i) {
        add_step(steps[i].effect, costs);
        const std::string line = effects::describe(steps[i].effect);
        if (line.empty()) continue;
        if (!tooltip.empty()) tooltip += "\n";
        tooltip += line;
      }
      if (options_.shown == ShownHints::kRisky) {
        std::erase_if(costs, [](const Cost& cost) { return !is_heavy(cost.effect); });
      }
      std::string label = label_of(costs, sizes_);
      if (label.empty()) continue;
      if (const std::string all = estimate(); first && !all.empty()) append(label, all);
      first = false;
      add(analyzed.parsed->statements[statement], std::move(label), std::move(tooltip));
    }
  }

 private:
  /// What the migration as a whole takes.
  std::string estimate() const {
    if (sizes_ == nullptr || script_.direction != project::Direction::kUp) return {};
    const project::Migration& migration = script_.of();
    const auto known =
        sizes_->estimates.find(migration.version.empty() ? migration.id : migration.version);
    return known == sizes_->estimates.end() ? "" : "migration: " + known->second;
  }

  /// At the end of the statement's first line, where nothing is pushed aside.
  void add(const sql::ScriptStatement& statement, std::string label, std::string tooltip) {
    const Place begin =
        script_.location().place({statement.range.begin, statement.range.begin + 1});
    const Place end = script_.location().place({statement.range.end - 1, statement.range.end});
    if (begin.path != input_.document.path || end.path != begin.path) return;
    const auto now = edited_.now({begin.range.begin, std::max(end.range.end, begin.range.end)});
    if (!now || (!shown_.contains(now->begin) && shown_.end != now->begin)) return;
    const Document& text = now_;
    const uint32_t line = text.lines().line_of(now->begin);
    uint32_t at = text.lines().line_range(text.text(), line).end;
    // Others may stand behind a short statement on its line.
    const uint32_t last = now->end;
    const bool has_semicolon = text.text().substr(last).starts_with(';');
    if (last < at && script_.location().sources == nullptr) at = last + (has_semicolon ? 1 : 0);
    out_.push_back({text.position_at(at, input_.unit), std::move(label), std::move(tooltip)});
  }

  const FeatureInput& input_;
  const Document& now_;
  const EditedText edited_;
  const DocumentScript& script_;
  const InlayHintOptions& options_;
  const ByteRange shown_;
  std::vector<InlayHint>& out_;
  const LiveSizes* sizes_ = nullptr;
};

}  // namespace

std::vector<InlayHint> inlay_hints(const FeatureInput& input, PositionRange range,
                                   const InlayHintOptions& options) {
  std::vector<InlayHint> out;
  if (options.shown == ShownHints::kOff) return out;
  const Document& now = open_text(input);
  const ByteRange shown = now.lines().range_of(now.text(), range, input.unit);
  for (const DocumentScript& script : scripts_in(input.document)) {
    Hints(input, script, options, shown, out).run();
  }
  // Histories of several dialects may share a file.
  std::vector<InlayHint> distinct;
  for (InlayHint& hint : out) {
    const bool is_told = std::any_of(distinct.begin(), distinct.end(), [&](const InlayHint& told) {
      return told.position == hint.position && told.label == hint.label;
    });
    if (!is_told) distinct.push_back(std::move(hint));
  }
  return distinct;
}

ShownHints shown_hints(std::string_view setting) {
  if (setting == "off") return ShownHints::kOff;
  return setting == "all" ? ShownHints::kAll : ShownHints::kRisky;
}

}  // namespace belay::lsp

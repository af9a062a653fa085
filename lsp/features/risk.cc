#include "lsp/features/risk.h"

#include <algorithm>

namespace belay::lsp {
namespace {

using Step = rules::ScriptTrace::Step;

/// What is worth a line: steps on which others wait, that lose something or are not certain.
bool is_worth_telling(const Step& step) {
  return rollback::risk_of(step.effect, step.losses) != rollback::Risk::kLow;
}

std::string step_text(const AnalyzedScript& script, const Step& step) {
  const sql::ScriptStatement& statement = script.parsed->statements[step.statement];
  std::string out = "Line " + std::to_string(script.line_of(statement.range)) + ": ";
  std::vector<std::string> losses;
  for (const rollback::DataLoss& loss : step.losses) losses.push_back(loss.to_string());
  if (!losses.empty()) out += "loses " + enumerated(losses, losses.size());
  if (step.effect.empty()) return out;
  return out + (losses.empty() ? "" : "; ") + effects::describe(step.effect);
}

}  // namespace

std::string enumerated(const std::vector<std::string>& items, size_t most) {
  std::string out;
  const size_t shown = std::min(items.size(), most);
  const size_t rest = items.size() - shown;
  for (size_t i = 0; i < shown; ++i) {
    if (i > 0) out += rest == 0 && i + 1 == shown ? " and " : ", ";
    out += items[i];
  }
  if (rest > 0) out += " and " + std::to_string(rest) + " more";
  return out;
}

ScriptRisk risk_of(const AnalyzedScript& script) {
  ScriptRisk out;
  for (const Step& step : script.result->trace.steps) {
    out.risk = rollback::worse(out.risk, rollback::risk_of(step.effect, step.losses));
    for (const rollback::DataLoss& loss : step.losses) {
      std::string text = loss.to_string();
      if (std::find(out.losses.begin(), out.losses.end(), text) == out.losses.end()) {
        out.losses.push_back(std::move(text));
      }
    }
  }
  return out;
}

std::string risk_line(const ScriptRisk& risk) {
  // More would not fit beside the editor's other lenses.
  constexpr size_t kMostLosses = 2;
  std::string out = "risk " + std::string(rollback::risk_name(risk.risk));
  if (!risk.losses.empty()) out += " · loses " + enumerated(risk.losses, kMostLosses);
  return out;
}

std::string risk_details(const std::string& migration, const AnalyzedScript& script) {
  // A message is no page: what is long is read in the file.
  constexpr size_t kMostLines = 12;
  std::string out =
      migration + ": risk " + std::string(rollback::risk_name(risk_of(script).risk)) + ".";
  size_t lines = 0;
  for (const Step& step : script.result->trace.steps) {
    if (!is_worth_telling(step)) continue;
    if (lines++ < kMostLines) out += "\n" + step_text(script, step);
  }
  if (lines == 0) out += " Nobody waits for long, and nothing is lost.";
  if (lines > kMostLines) out += "\n... and " + std::to_string(lines - kMostLines) + " more";
  return out;
}

}  // namespace belay::lsp

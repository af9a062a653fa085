#include "lsp/features/verdict.h"

#include <algorithm>

#include "lsp/features/risk.h"

namespace belay::lsp {
namespace {

using project::Direction;
using rollback::Verdict;

/// A hover or a message is no page: `belay verdict` tells all.
constexpr size_t kMostItems = 8;

/// In a line, and no longer than fits over one: reasons hold names of the user's.
std::string shortened(std::string text) {
  constexpr size_t kMostBytes = 110;
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.size() <= kMostBytes) return text;
  size_t end = kMostBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

/// What was there before the up and is gone behind the down, each once.
std::vector<std::string> lasting_losses(const rollback::Reversibility& r) {
  std::vector<std::string> out;
  for (const auto* losses : {&r.lost_by_up, &r.lost_by_down}) {
    for (const rollback::Loss& loss : *losses) {
      if (loss.written_since) continue;
      std::string text = loss.what.to_string();
      if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
    }
  }
  return out;
}

std::string but_not(const rollback::Reversibility& r) {
  constexpr size_t kMostLosses = 2;
  const std::vector<std::string> losses = lasting_losses(r);
  return losses.empty() ? "" : ", but not " + enumerated(losses, kMostLosses);
}

std::string place_text(const AnalyzedSet& set, uint32_t migration,
                       const rollback::RunPlace& place) {
  const AnalyzedScript* script = set.script(migration, place.direction);
  if (script == nullptr || place.statement >= script->parsed->statements.size()) return "";
  const ByteRange statement = script->parsed->statements[place.statement].range;
  return std::string(" (") + (place.direction == Direction::kUp ? "up" : "down") + ", line " +
         std::to_string(script->line_of(statement)) + ")";
}

class Facts {
 public:
  void add(std::string label, std::string text) {
    out_.emplace_back(std::move(label), std::move(text));
  }
  /// At most as many as can be read, and how many were left out.
  void add_all(const std::string& label, const std::vector<std::string>& texts) {
    const size_t shown = std::min(texts.size(), kMostItems);
    for (size_t i = 0; i < shown; ++i) add(label, texts[i]);
    if (shown < texts.size()) add(label, std::to_string(texts.size() - shown) + " more");
  }
  std::vector<std::pair<std::string, std::string>> take() && { return std::move(out_); }

 private:
  std::vector<std::pair<std::string, std::string>> out_;
};

std::vector<std::string> loss_texts(const AnalyzedSet& set, uint32_t migration,
                                    const std::vector<rollback::Loss>& losses) {
  std::vector<std::string> out;
  for (const rollback::Loss& loss : losses) {
    out.push_back(loss.what.to_string() + (loss.written_since ? ", written since the up" : "") +
                  place_text(set, migration, loss.place));
  }
  return out;
}

}  // namespace

bool has_verdict(const AnalyzedSet& set, uint32_t migration) {
  const project::Migration& m = set.set->migrations[migration];
  if (m.kind != project::Migration::Kind::kVersioned || !m.up) return false;
  return m.down.has_value() || !m.one_way;
}

std::string verdict_line(const rollback::Reversibility& r) {
  switch (r.verdict) {
    case Verdict::kRestored: return "down restores the schema";
    case Verdict::kRestoredButOrder:
      return shortened("down restores the schema in another order" + but_not(r));
    case Verdict::kRestoredDataLost: return shortened("down restores the schema" + but_not(r));
    case Verdict::kDiffers: return shortened("down differs: " + r.reason);
    case Verdict::kDownFailed: return shortened("down fails: " + r.reason);
    case Verdict::kNoDown: return "no down";
    case Verdict::kDeclaredIrreversible: return "down refuses on purpose";
    case Verdict::kUnknown: break;
  }
  return shortened("unknown: " + r.reason);
}

std::vector<std::pair<std::string, std::string>> verdict_facts(const AnalyzedSet& set,
                                                               uint32_t migration) {
  const rollback::Reversibility& r = set.migrations[migration]->reversibility;
  Facts out;
  std::string why = std::string(rollback::verdict_name(r.verdict)) + ": " + r.reason;
  if (r.place) why += place_text(set, migration, *r.place);
  out.add("verdict", std::move(why));
  std::vector<std::string> differences;
  for (const schema::Change& change : r.differences) {
    if (std::string text = change.to_string(); text != r.reason) differences.push_back(text);
  }
  out.add_all("difference", differences);
  out.add_all("lost by the up", loss_texts(set, migration, r.lost_by_up));
  out.add_all("lost by the down", loss_texts(set, migration, r.lost_by_down));
  return std::move(out).take();
}

std::string verdict_details(const AnalyzedSet& set, uint32_t migration) {
  std::string out = set.set->migrations[migration].id;
  for (const auto& [label, text] : verdict_facts(set, migration)) {
    out += label == "verdict" ? ": " + text : "\n" + label + ": " + text;
  }
  return out;
}

}  // namespace belay::lsp

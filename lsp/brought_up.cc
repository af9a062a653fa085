#include "lsp/brought_up.h"

#include "lsp/features/diagnostics.h"

namespace belay::lsp {
namespace {

using project::Direction;

constexpr std::array<Direction, 2> kDirections = {Direction::kUp, Direction::kDown};

}  // namespace

bool same_text(const Document& a, const Document& b) {
  return a.text().data() == b.text().data() || a.text() == b.text();
}

BroughtUp::Known BroughtUp::known(const AnalyzedScript* script) {
  return script == nullptr ? Known{} : Known{script->source, script->result};
}

BroughtUp::BroughtUp(const AnalyzedSet& set, const BroughtUp* earlier)
    : known_(set.migrations.size()) {
  for (uint32_t i = 0; i < known_.size(); ++i) {
    const std::string& id = set.set->migrations[i].id;
    by_id_.emplace(id, i);
    const Pair* before = nullptr;
    if (earlier != nullptr) {
      const auto found = earlier->by_id_.find(id);
      if (found != earlier->by_id_.end()) before = &earlier->known_[found->second];
    }
    for (size_t d = 0; d < kDirections.size(); ++d) {
      const AnalyzedScript* script = set.script(i, kDirections[d]);
      const bool was_there = before != nullptr && (*before)[d].result != nullptr;
      const bool is_same =
          was_there && script != nullptr && same_text((*before)[d].text, script->source);
      known_[i][d] = is_same ? (*before)[d] : known(script);
    }
  }
}

void BroughtUp::settle(const AnalyzedSet& now, const std::string& path) {
  for (uint32_t i = 0; i < known_.size(); ++i) {
    if (!now.set->migrations[i].stands_in(path)) continue;
    for (size_t d = 0; d < kDirections.size(); ++d) {
      const AnalyzedScript* script = now.script(i, kDirections[d]);
      const bool is_same = script != nullptr && same_text(script->source, known_[i][d].text);
      if (!is_same) known_[i][d] = known(script);
    }
  }
}

std::vector<const Finding*> BroughtUp::findings(const AnalyzedSet& now, uint32_t migration,
                                                Direction direction) {
  std::vector<const Finding*> out;
  const AnalyzedScript* script = now.script(migration, direction);
  Known& before = known_[migration][direction == Direction::kUp ? 0 : 1];
  if (script == nullptr || before.result == nullptr) return out;
  if (before.result == script->result || !same_text(before.text, script->source)) return out;
  const std::string_view text = script->source.text();
  std::map<uint64_t, size_t> counts;
  for (const Finding& f : before.result->findings) ++counts[identity_of(f, text)];
  for (const Finding& f : script->result->findings) {
    size_t& left = counts[identity_of(f, text)];
    if (left > 0) {
      --left;
    } else {
      out.push_back(&f);
    }
  }
  // The same again: from now on that is seen at once.
  const bool is_same = script->result->findings.size() == before.result->findings.size();
  if (out.empty() && is_same) before.result = script->result;
  return out;
}

}  // namespace belay::lsp

#include "analyzer/fix_all.h"

#include <algorithm>

#include "analyzer/text/edited_text.h"

namespace belay {
namespace {

/// A fix may bring up what the next one takes away. None needs more than a few rounds; two that
/// undo each other would go on for ever.
constexpr int kMostRounds = 8;

bool is_unreadable(const Finding& finding) { return finding.rule == "syntax-error"; }

/// Edits that insert at one place would have no order, so that they count as touching.
bool touch(ByteRange a, ByteRange b) {
  if (a.empty() || b.empty()) return a.begin <= b.end && b.begin <= a.end;
  return a.begin < b.end && b.begin < a.end;
}

const Document* file_of(const AnalyzedSet& set, std::string_view path) {
  for (uint32_t i = 0; i < set.migrations.size(); ++i) {
    for (const auto direction : {project::Direction::kUp, project::Direction::kDown}) {
      const AnalyzedScript* script = set.script(i, direction);
      if (script != nullptr && set.context(i, direction).location.file() == path) {
        return &script->source;
      }
    }
  }
  return nullptr;
}

}  // namespace

const Fix* preferred_fix(const Finding& finding, std::string_view path) {
  if (finding.fixes.empty() || finding.fixes.front().edits.empty()) return nullptr;
  return finding.fixes.front().path == path ? &finding.fixes.front() : nullptr;
}

std::vector<TextEdit> fixes_together(const std::vector<const Finding*>& findings,
                                     std::string_view path, std::string_view rule) {
  std::vector<TextEdit> out;
  for (const Finding* finding : findings) {
    if (!rule.empty() && finding->rule != rule) continue;
    const Fix* fix = preferred_fix(*finding, path);
    if (fix == nullptr) continue;
    const bool is_free = std::none_of(fix->edits.begin(), fix->edits.end(), [&](const TextEdit& e) {
      return std::any_of(out.begin(), out.end(),
                         [&](const TextEdit& other) { return touch(e.range, other.range); });
    });
    if (is_free) out.insert(out.end(), fix->edits.begin(), fix->edits.end());
  }
  std::sort(out.begin(), out.end(),
            [](const TextEdit& a, const TextEdit& b) { return a.range < b.range; });
  return out;
}

std::vector<const Finding*> findings_of_file(const AnalyzedSet& set, std::string_view path) {
  std::vector<const Finding*> out;
  for (const Finding& f : set.findings) {
    if (f.place.path == path) out.push_back(&f);
  }
  for (uint32_t i = 0; i < set.migrations.size(); ++i) {
    for (const auto direction : {project::Direction::kUp, project::Direction::kDown}) {
      const AnalyzedScript* script = set.script(i, direction);
      if (script == nullptr) continue;
      for (const Finding& f : script->result->findings) {
        if (f.place.path == path) out.push_back(&f);
      }
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Finding* a, const Finding* b) {
    return a->place.range < b->place.range;
  });
  return out;
}

std::vector<TextEdit> fix_all(const Workspace& history, const std::string& path,
                              std::string_view rule) {
  const Document* file = file_of(*history.snapshot(), path);
  if (file == nullptr) return {};
  Workspace trial = history;
  EditedText text(file->text());
  std::vector<TextEdit> found;
  for (int round = 0; round < kMostRounds; ++round) {
    const auto findings = findings_of_file(*trial.snapshot(), path);
    const bool readable = std::none_of(findings.begin(), findings.end(),
                                       [](const Finding* f) { return is_unreadable(*f); });
    // A fix that leaves what cannot be read is none: what was there before it counts.
    if (!readable) break;
    found = text.edits();
    const std::vector<TextEdit> edits = fixes_together(findings, path, rule);
    if (edits.empty()) break;
    text.apply(edits);
    if (!trial.edit(path, Document(text.text()))) break;
  }
  return found;
}

}  // namespace belay

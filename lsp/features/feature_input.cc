#include "lsp/features/feature_input.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "lsp/protocol/uri.h"
#include "workbench/scripts.h"

namespace belay::lsp {
namespace {

/// Histories of several dialects may share a file, and often agree on it.
void drop_repetitions(std::vector<DocumentFinding>& findings) {
  std::set<std::tuple<std::string_view, ByteRange, std::string_view>> seen;
  std::erase_if(findings, [&](const DocumentFinding& f) {
    return !seen.insert({f.finding->rule, f.finding->place.range, f.finding->message}).second;
  });
}

}  // namespace

const Document& open_text(const FeatureInput& input) {
  const auto open = input.open.find(input.document.path);
  return open == input.open.end() ? input.text() : open->second.text;
}

std::vector<DocumentScript> scripts_in(const AnalyzedDocument& document) {
  std::vector<DocumentScript> out;
  for (const HistoryView& history : document.histories) {
    for (const ScriptPlace& place : history.set->scripts_in(document.path)) {
      out.push_back({&history, place.migration, place.direction});
    }
  }
  return out;
}

std::vector<DocumentFinding> findings_in(const AnalyzedDocument& document) {
  std::vector<DocumentFinding> out;
  for (const HistoryView& history : document.histories) {
    for (const Finding& f : history.set->findings_in(document.path)) out.push_back({&f, nullptr});
  }
  for (const DocumentScript& script : scripts_in(document)) {
    for (const Finding& f : script.analyzed().result->findings) {
      if (f.place.path == document.path) out.push_back({&f, &script.location()});
    }
  }
  if (document.histories.size() > 1) drop_repetitions(out);
  std::stable_sort(out.begin(), out.end(), [](const DocumentFinding& a, const DocumentFinding& b) {
    return a.finding->place.range < b.finding->place.range;
  });
  return out;
}

const runtime::LedgerEntry* applied_entry(const HistoryView& history,
                                          const project::Migration& migration) {
  if (history.applied == nullptr) return nullptr;
  const auto entry = history.applied->find(workbench::version_of(migration));
  const bool is_applied =
      entry != history.applied->end() && entry->second.state == runtime::MigrationState::kDone;
  return is_applied ? &entry->second : nullptr;
}

uint32_t start_of(const project::Script& location, const AnalyzedScript& script) {
  if (script.sources != nullptr) return script.sources->anchor().range.begin;
  const auto& statements = script.parsed->statements;
  return statements.empty() ? location.range.begin : statements.front().range.begin;
}

std::string uri_of(const OpenFiles& open, const std::string& path) {
  const auto found = open.find(path);
  return found != open.end() ? found->second.uri : uri_of_path(path);
}

const Document* text_of(const FeatureInput& input, const std::string& path) {
  if (path == input.document.path) return &input.text();
  if (const auto open = input.open.find(path); open != input.open.end()) {
    return &open->second.text;
  }
  for (const HistoryView& history : input.document.histories) {
    if (const Document* text = history.set->source_of(path)) return text;
  }
  return nullptr;
}

std::string in_line_ends_of(std::string_view text, std::string_view addition) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos || end == 0 || text[end - 1] != '\r') {
    return std::string(addition);
  }
  std::string out;
  for (size_t i = 0; i < addition.size(); ++i) {
    if (addition[i] == '\n' && (i == 0 || addition[i - 1] != '\r')) out += '\r';
    out += addition[i];
  }
  return out;
}

}  // namespace belay::lsp

#include "lsp/features/feature_input.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "lsp/brought_up.h"
#include "lsp/protocol/uri.h"
#include "workbench/cpp/cpp_sources.h"
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

bool is_program(const AnalyzedDocument& document) {
  return workbench::is_cpp_source(document.path);
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

bool is_current(const FeatureInput& input) {
  const auto open = input.open.find(input.document.path);
  return open == input.open.end() || same_text(open->second.text, input.text());
}

std::optional<TextDocumentEdit> document_edit(const FeatureInput& input, const std::string& path,
                                              const std::vector<TextEdit>& edits) {
  const Document* text = text_of(input, path);
  if (text == nullptr) return std::nullopt;
  TextDocumentEdit out;
  out.uri = uri_of(input, path);
  if (const auto open = input.open.find(path); open != input.open.end()) {
    out.version = open->second.version;
  }
  for (const TextEdit& edit : edits) {
    out.edits.emplace_back(text->positions_of(edit.range, input.unit),
                           in_line_ends_of(text->text(), edit.new_text));
  }
  return out;
}

bool wants_kind(const std::vector<std::string>& only, std::string_view kind) {
  return only.empty() || std::any_of(only.begin(), only.end(), [&](const std::string& wanted) {
           return wanted.empty() || kind == wanted || kind.starts_with(wanted + ".");
         });
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

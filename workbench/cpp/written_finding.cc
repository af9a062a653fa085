#include "workbench/cpp/written_finding.h"

#include <optional>
#include <utility>

#include "analyzer/cpp/source_edit.h"

namespace belay::workbench {
namespace {

std::optional<Fix> written_fix(const Fix& fix, const SourceMap& map,
                               const std::map<std::string, Document>& texts) {
  const auto text_of = [&](const std::string& path) -> std::optional<std::string_view> {
    const auto found = texts.find(path);
    if (found == texts.end()) return std::nullopt;
    return found->second.text();
  };
  const std::optional<std::string_view> text = text_of(fix.path);
  if (!text) return std::nullopt;
  Fix out{fix.title, map.anchor().path, {}};
  for (const TextEdit& edit : fix.edits) {
    std::optional<cpp::FileEdits> written = cpp::source_edits(map, *text, edit, text_of);
    if (!written) return std::nullopt;
    out.path = written->path;
    for (TextEdit& one : written->edits) out.edits.push_back(std::move(one));
  }
  return out;
}

}  // namespace

Finding written_finding(const Finding& finding, const project::MigrationSet& set,
                        const std::map<std::string, Document>& texts) {
  if (set.sources.empty()) return finding;
  Finding out = finding;
  const auto source = set.sources.find(finding.place.path);
  out.place = set.written_at(finding.place);
  if (source != set.sources.end()) {
    const Place statement = source->second->place(finding.statement);
    out.statement = statement.path == out.place.path ? statement.range : ByteRange{};
  }
  for (RelatedPlace& related : out.related) related.place = set.written_at(related.place);
  out.fixes.clear();
  for (const Fix& fix : finding.fixes) {
    const auto map = set.sources.find(fix.path);
    if (map == set.sources.end()) {
      out.fixes.push_back(fix);
    } else if (std::optional<Fix> written = written_fix(fix, *map->second, texts)) {
      out.fixes.push_back(*std::move(written));
    }
  }
  return out;
}

}  // namespace belay::workbench

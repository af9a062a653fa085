#include "analyzer/written_finding.h"

#include <optional>
#include <utility>

#include "analyzer/cpp/source_edit.h"

namespace belay {
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

void write_finding(Finding& finding, const project::MigrationSet& set,
                   const std::map<std::string, Document>& texts) {
  const auto source = set.sources.find(finding.place.path);
  finding.place = set.written_at(finding.place);
  if (source != set.sources.end()) {
    const Place statement = source->second->place(finding.statement);
    finding.statement = statement.path == finding.place.path ? statement.range : ByteRange{};
  }
  for (RelatedPlace& related : finding.related) related.place = set.written_at(related.place);
  for (Fix& fix : std::exchange(finding.fixes, {})) {
    const auto map = set.sources.find(fix.path);
    if (map == set.sources.end()) {
      finding.fixes.push_back(std::move(fix));
    } else if (std::optional<Fix> written = written_fix(fix, *map->second, texts)) {
      finding.fixes.push_back(*std::move(written));
    }
  }
}

}  // namespace

void write_findings(std::vector<Finding>& findings, const project::MigrationSet& set,
                    const std::map<std::string, Document>& texts) {
  if (set.sources.empty()) return;
  for (Finding& finding : findings) write_finding(finding, set, texts);
}

}  // namespace belay

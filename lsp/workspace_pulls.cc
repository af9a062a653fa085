#include "lsp/workspace_pulls.h"

#include <set>
#include <utility>

#include "lsp/protocol/feature_results.h"
#include "lsp/protocol/uri.h"

namespace belay::lsp {

void WorkspacePulls::add(Reply reply, WorkspaceDiagnosticParams params) {
  std::map<std::string, std::string> known;
  for (PreviousResultId& previous : params.previous) {
    known[std::move(previous.uri)] = std::move(previous.value);
  }
  waiting_.push_back({std::move(reply), std::move(known), !std::exchange(had_any_, true)});
}

void WorkspacePulls::answer(const FileReports::Reports& reports, const OpenFiles& open) {
  std::erase_if(waiting_, [&](const Waiting& waiting) {
    return waiting.reply.cancelled() || answer(waiting, reports, open);
  });
}

void WorkspacePulls::end() {
  for (const Waiting& waiting : waiting_) {
    waiting.reply.error(ErrorCode::kServerCancelled, "the server is shut down");
  }
  waiting_.clear();
}

bool WorkspacePulls::answer(const Waiting& waiting, const FileReports::Reports& reports,
                            const OpenFiles& open) const {
  std::vector<WorkspaceDocumentReport> news;
  std::set<std::string, std::less<>> told;
  for (const auto& [path, report] : reports) {
    WorkspaceDocumentReport item{uri_of_path(path), std::nullopt, std::to_string(report.id),
                                 report.diagnostics};
    if (const auto document = open.find(path); document != open.end()) {
      item.uri = document->second.uri;
      item.version = document->second.version;
    }
    told.insert(item.uri);
    const auto known = waiting.known.find(item.uri);
    if (known == waiting.known.end() || known->second != item.result_id) {
      news.push_back(std::move(item));
    }
  }
  // Of a file with nothing to tell nothing is told once.
  static const std::string kNothing = "none";
  for (const auto& [uri, id] : waiting.known) {
    if (!told.contains(uri) && id != kNothing) news.push_back({uri, std::nullopt, kNothing, "[]"});
  }
  if (news.empty() && !waiting.is_first) return false;
  waiting.reply.result(workspace_diagnostic_report(news));
  return true;
}

}  // namespace belay::lsp

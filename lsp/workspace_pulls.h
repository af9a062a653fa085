#pragma once

#include <map>
#include <string>
#include <vector>

#include "lsp/file_reports.h"
#include "lsp/protocol/types.h"
#include "lsp/transport/dispatcher.h"

namespace belay::lsp {

/// The open requests for the diagnostics of the whole workspace. One that asks for what the client
/// has already is answered when there is something new: a client asks again as soon as it is
/// answered, and nothing is to run while nobody works. Used on the analysis thread.
class WorkspacePulls {
 public:
  void add(Reply reply, WorkspaceDiagnosticParams params);
  /// Answers those for which there is news. `reports` must be settled.
  void answer(const FileReports::Reports& reports, const OpenFiles& open);
  /// Gives up those that wait: there will be nothing new.
  void end();

 private:
  struct Waiting {
    Reply reply;
    std::map<std::string, std::string> known;  ///< ids of reports, by URI
    bool is_first = false;                     ///< of this client: it is always answered
  };

  bool answer(const Waiting& waiting, const FileReports::Reports& reports,
              const OpenFiles& open) const;

  bool had_any_ = false;
  std::vector<Waiting> waiting_;
};

}  // namespace belay::lsp

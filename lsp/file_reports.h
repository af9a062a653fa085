#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "lsp/projects.h"
#include "lsp/protocol/capabilities.h"

namespace belay::lsp {

/// What there is to tell of each file of the workspace, as diagnostics, remembered so that looking
/// again costs what has changed. Used on the analysis thread.
class FileReports {
 public:
  enum class Scope : uint8_t {
    /// Of files that are not open: the mistakes of configuration files, where runs have stopped,
    /// and what edits elsewhere have brought up.
    kBroughtUp,
    kAll,  ///< everything of every file
  };
  struct Report {
    std::string diagnostics;  ///< a JSON array
    uint64_t id = 0;          ///< a hash of it
  };
  /// By path; a file of which there is nothing to tell has none.
  using Reports = std::map<std::string, Report, std::less<>>;

  explicit FileReports(ClientCapabilities client) : client_(std::move(client)) {}

  /// Takes over what is known now. The paths whose report has come, changed or gone.
  std::set<std::string> update(const Projects& projects, Scope scope);
  /// The next update counts what it tells of this file as changed.
  void tell_again(const std::string& path) { again_.insert(path); }

  /// The next update looks at these files, whatever their histories say.
  void look_again(std::set<std::string> paths) { others_.merge(paths); }

  const Reports& all() const { return reports_; }

 private:
  using Paths = std::set<std::string>;
  struct Seen {
    std::shared_ptr<const AnalyzedSet> set;
    bool is_there = false;
  };

  Reports brought_up(const Projects& projects) const;
  void take_over_changes(const Projects& projects, Paths& changed);
  Paths changed_files(const Projects& projects);
  std::string diagnostics_of(const Projects& projects, const std::string& path) const;

  const ClientCapabilities client_;
  Scope scope_ = Scope::kBroughtUp;
  Reports reports_;
  Paths again_;
  Paths others_;            ///< files of which histories do not tell when they change
  std::vector<Seen> seen_;  ///< the histories as they were at the last update
};

}  // namespace belay::lsp

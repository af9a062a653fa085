#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lsp/analyzed_document.h"
#include "lsp/brought_up.h"
#include "lsp/cpp_workers.h"
#include "lsp/log.h"
#include "support/file_system.h"

namespace belay::lsp {

/// Which history each open document belongs to, and the histories themselves. Files are read from
/// disk, under the texts of open documents; nothing is read before a document asks for it, and a
/// history without open documents is forgotten, unless somebody has asked for the whole workspace.
/// Used on the analysis thread.
class Projects {
 public:
  struct Change {
    std::string path;
    /// The file came or went, so that histories may have more or fewer migrations.
    bool existence = false;
  };
  /// The paths of open documents about which there may be something new to say.
  using Affected = std::set<std::string>;

  /// `cpp` reads C++ sources beside us; null: they are not read.
  Projects(const FileSystem& disk, Log& log, std::shared_ptr<CppWorkers> cpp = nullptr)
      : disk_(disk), log_(log), cpp_(std::move(cpp)) {}

  /// What the editor says over the configuration. Everything is looked up anew.
  Affected set_environment(std::string environment);
  /// The workspace's folders. Documents without a file are taken to lie in the first.
  Affected set_folders(const std::vector<std::string>& folders);
  /// From the next `catch_up` on all histories in the workspace's folders are known.
  void keep_workspace() { keeps_workspace_ = true; }

  Affected open_or_change(const OpenDocument& document);
  Affected close(const std::string& uri);
  /// Files of which the editor says that others have changed them.
  Affected files_changed(const std::vector<Change>& changes);

  /// C++ sources of which it is now known what they say.
  Affected sources_read(const std::vector<std::string>& paths);

  /// What the last run of a history's migrations has to show, instead of the run before. It is
  /// shown as long as the files are as they ran.
  Affected set_run_failures(const std::string& history, RunFailures failures);

  /// What is known to be applied of a history; null: nothing any more.
  Affected set_applied(const std::string& history, std::shared_ptr<const KnownLedger> applied);
  std::set<std::string> files_of(const std::string& history) const;

  /// Goes on to what changes of documents have put off: the migrations behind those that were
  /// changed, and histories of the workspace that are not known. Tells which open documents that
  /// concerns; none where nothing was put off.
  std::optional<Affected> catch_up();

  /// A history in memory.
  struct History {
    std::string config_path;  ///< empty without one
    std::unique_ptr<Workspace> workspace;
    std::unique_ptr<BroughtUp> brought_up;
    bool has_database = false;
    std::shared_ptr<names::HistoryCache> names = std::make_shared<names::HistoryCache>();
    std::shared_ptr<SplitCache> splits;
    /// C++ sources that it may have migrations in, sorted.
    std::vector<std::string> cpp_sources;
    /// What is known to be applied; null: nothing is.
    std::shared_ptr<const KnownLedger> applied;

    const project::MigrationSet& set() const { return *workspace->snapshot()->set; }
    HistoryView view() const {
      return {workspace->snapshot(), has_database, names, applied, workspace.get(), splits};
    }
    bool has(const std::string& path) const;
  };
  const std::vector<std::unique_ptr<History>>& histories() const { return histories_; }

  /// None where the document is not open.
  std::optional<AnalyzedDocument> find(const std::string& path) const;
  /// The same for any file, as the editor or else the disk has it.
  AnalyzedDocument look_at(const std::string& path) const;
  /// The open documents that belong to a history of this one's, itself among them.
  Affected companions_of(const std::string& path) const;
  /// How many scripts have been linted since the beginning: traces and tests ask.
  size_t scripts_linted() const { return scripts_linted_; }
  /// The files that runs have stopped in.
  std::set<std::string> failed_files() const;

  const OpenFiles& open_files() const { return open_; }
  std::string path_of(const std::string& uri) const;

  /// How the configuration files read that have a say in what is open.
  using Configs = std::map<std::string, std::shared_ptr<const workbench::ConfigReport>>;
  const Configs& configs() const { return configs_; }

 private:
  Affected config_changed(const std::string& path);
  void source_changed(const std::string& path, Affected& affected);
  void file_changed(const std::string& path, Affected& affected);
  void find_histories(Affected& affected);
  Result<workbench::LoadedProject> load(const std::string& path);
  void load_document(const std::string& path, Affected& affected);
  void load_folder(const std::string& folder, std::set<std::string>& seen, Affected& affected);
  template <class Wanted>
  void take_over(workbench::LoadedProject& loaded, Wanted wanted, Affected& affected);
  void look_again_at_folders(const std::string& path);
  bool is_kept(const History& history) const;
  void read_config(const std::string& path);
  void tell_load_error(const std::string& path, const Error& error);
  void add_documents_of(const History& history, Affected& affected) const;
  void add_open(const std::set<std::string>& paths, Affected& affected) const;
  bool belongs_to_history(const std::string& path) const;
  template <class Condition>
  void forget(Condition condition, Affected& affected);
  void forget_unused();
  void count(const History& history) { scripts_linted_ += history.workspace->scripts_linted(); }
  RunFailures failures_in(const std::string& path, const Document& text) const;
  std::unique_ptr<BroughtUp> brought_up_of(const AnalyzedSet& set) const;
  void settle(const std::string& path);

  const FileSystem& disk_;
  Log& log_;
  std::shared_ptr<CppWorkers> cpp_;
  std::string environment_;
  std::string root_;
  /// The workspace's folders, and whether all histories in them are known.
  std::map<std::string, bool> folders_;
  bool keeps_workspace_ = false;
  OpenFiles open_;
  /// Those of the open documents that no history was found for, so that nobody looks again.
  std::set<std::string> without_history_;
  std::vector<std::unique_ptr<History>> histories_;
  /// Histories that were forgotten to be found again, as long as that takes.
  std::vector<std::unique_ptr<History>> forgotten_;
  Configs configs_;
  std::map<std::string, RunFailures> failures_;  ///< by the folders of histories
  std::map<std::string, std::shared_ptr<const KnownLedger>> applied_;  ///< likewise
  size_t scripts_linted_ = 0;
};

}  // namespace belay::lsp

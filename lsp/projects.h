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
/// history without open documents is forgotten. Used on the analysis thread.
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
  /// Where documents without a file are taken to lie: the first workspace folder.
  void set_root(std::string root) { root_ = std::move(root); }

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

  /// A history with the configuration that holds for it, null without one.
  struct Known {
    HistoryView view;
    std::shared_ptr<const workbench::ConfigReport> config;
  };
  std::vector<Known> histories() const;

  /// Goes on to what changes of documents have put off: the migrations behind those that were
  /// changed. Tells which open documents that concerns; none where nothing was put off.
  std::optional<Affected> catch_up();

  /// None where the document is not open.
  std::optional<AnalyzedDocument> find(const std::string& path) const;
  /// A file that is not open, where a run has stopped in it, and what edits of others have brought
  /// up there.
  struct ClosedFile {
    AnalyzedDocument document;
    std::vector<const Finding*> findings;
  };
  std::vector<ClosedFile> closed_files() const;

  const OpenFiles& open_files() const { return open_; }
  std::string path_of(const std::string& uri) const;

  /// How the configuration files read that have a say in what is open.
  using Configs = std::map<std::string, std::shared_ptr<const workbench::ConfigReport>>;
  const Configs& configs() const { return configs_; }

 private:
  struct History {
    std::string config_path;  ///< empty without one
    std::unique_ptr<Workspace> workspace;
    std::unique_ptr<BroughtUp> brought_up;
    bool has_database = false;
    std::shared_ptr<names::HistoryCache> names = std::make_shared<names::HistoryCache>();
    /// C++ sources that it may have migrations in, sorted.
    std::vector<std::string> cpp_sources;

    const project::MigrationSet& set() const { return *workspace->snapshot()->set; }
    bool has(const std::string& path) const;
  };

  Affected config_changed(const std::string& path);
  void source_changed(const std::string& path, Affected& affected);
  void file_changed(const std::string& path, Affected& affected);
  void find_histories(Affected& affected);
  void load(const std::string& path, Affected& affected);
  void take_over(workbench::LoadedProject& loaded, const std::string& path, Affected& affected);
  void read_config(const std::string& path);
  void tell_load_error(const std::string& path, const Error& error);
  void add_documents_of(const History& history, Affected& affected) const;
  bool belongs_to_history(const std::string& path) const;
  template <class Condition>
  void forget(Condition condition, Affected& affected);
  void forget_unused();
  HistoryView view_of_history(const History& history) const;
  RunFailures failures_in(const std::string& path, const Document& text) const;
  void add_run_failures(std::map<std::string, ClosedFile>& files) const;
  std::unique_ptr<BroughtUp> brought_up_of(const AnalyzedSet& set) const;
  void settle(const std::string& path);

  const FileSystem& disk_;
  Log& log_;
  std::shared_ptr<CppWorkers> cpp_;
  std::string environment_;
  std::string root_;
  OpenFiles open_;
  /// Those of the open documents that no history was found for, so that nobody looks again.
  std::set<std::string> without_history_;
  std::vector<std::unique_ptr<History>> histories_;
  /// Histories that were forgotten to be found again, as long as that takes.
  std::vector<std::unique_ptr<History>> forgotten_;
  Configs configs_;
  std::map<std::string, RunFailures> failures_;  ///< by the folders of histories
  std::map<std::string, std::shared_ptr<const KnownLedger>> applied_;  ///< likewise
};

}  // namespace belay::lsp

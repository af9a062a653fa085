#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/names/history.h"
#include "analyzer/workspace.h"
#include "lsp/documents.h"
#include "lsp/features/run_failure.h"
#include "lsp/features/session_view.h"
#include "support/file_system.h"
#include "workbench/project_loader.h"

namespace belay::lsp {

class SplitCache;

/// A history that a document belongs to.
struct HistoryView {
  std::shared_ptr<const AnalyzedSet> set;
  /// The configuration names a database that the history can be meant for.
  bool has_database = false;
  /// What it names, found when it is asked for; null: nobody keeps it.
  std::shared_ptr<names::HistoryCache> names = nullptr;
  /// What is known to be applied of it; null: nothing is.
  std::shared_ptr<const KnownLedger> applied = nullptr;
  /// What it is a state of: copies of it are for trying edits. On the analysis thread; null: there
  /// is none.
  const Workspace* workspace = nullptr;
  /// What is known of the ways to split its statements; null: nobody keeps it.
  std::shared_ptr<SplitCache> splits = nullptr;
};

/// An open document with all that is known of it. Features are functions of it.
struct AnalyzedDocument {
  OpenDocument document;
  /// The file's, or one made up for a document that has no file.
  std::string path;
  /// As a rule one; a file that serves several dialects has one for each.
  std::vector<HistoryView> histories;
  /// Where the document is a belay.toml: how it reads.
  std::shared_ptr<const workbench::ConfigReport> config;
  /// The files that lie under those that are open, and the environment that the editor has chosen:
  /// for who tries texts that nobody has written yet. Null: nothing can be tried.
  const FileSystem* disk = nullptr;
  std::string environment = {};
  /// Where runs have stopped in the text as it is now.
  RunFailures failures;
};

/// All open documents, by path.
using OpenFiles = std::map<std::string, OpenDocument, std::less<>>;

/// Whether a path is that of a configuration file.
bool is_config_path(const std::string& path);

}  // namespace belay::lsp

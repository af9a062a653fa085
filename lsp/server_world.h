#pragma once

#include "lsp/analysis.h"
#include "lsp/documents.h"
#include "lsp/features/session_plan.h"
#include "lsp/transport/dispatcher.h"

namespace belay::lsp {

/// What those who answer requests need of the server. Borrows all of it.
struct ServerWorld {
  Dispatcher& dispatcher;
  MainThread& main;
  const FileSystem& disk;
  Log& log;
  const Documents& documents;
  Analysis& analysis;
  const ClientCapabilities& client;

  /// Tells the person; nothing where the notice is empty.
  void show(const Notice& notice) const;
  /// A lens or a menu may be older than the text that the person sees now.
  bool is_outdated(const CommandArguments& arguments) const;
};

/// What the editor says about the workspace as a whole.
struct CommandSettings {
  std::string environment;
  bool untrusted = false;
  std::string inlay_hints = "risky";  ///< `off`, `risky`, `all`
  std::string root;                   ///< the project, where no document is named
};

}  // namespace belay::lsp

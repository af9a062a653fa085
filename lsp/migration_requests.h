#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lsp/server_world.h"
#include "lsp/session_commands.h"
#include "lsp/task_queue.h"
#include "workbench/new_migration.h"

namespace belay::lsp {

/// The list of all migrations for the editor's view of them, and the schemas around each. No
/// database is opened for it: how far a migration is was told by a command of this server, or
/// stands in the journals that every process of Belay writes. Used on the main thread.
class MigrationRequests {
 public:
  MigrationRequests(ServerWorld world, SessionCommands& sessions);

  void list(const CommandSettings& settings, const Reply& reply);
  void schema(const SchemaParams& params, const Reply& reply) const;

  /// Makes the files of a new migration of the project, and has the first one opened.
  void make_new(const CommandArguments& arguments, const CommandSettings& settings,
                const Reply& reply);

  /// Others may have written journals: takes over what is new in them.
  void look(const CommandSettings& settings);

  /// Something in the list may be another now: a client that has asked for it is told, once until
  /// it asks again.
  void changed();

  /// Where sessions are written down, for the client to watch: as glob patterns, and whether a path
  /// is one of them.
  static std::vector<std::string> record_patterns();
  static bool is_record(const std::string& path);

 private:
  struct Listing;

  void made_new(const Result<workbench::NewMigration>& made, const Reply& reply);
  void start(std::shared_ptr<Listing> listing);
  void read_records(std::shared_ptr<Listing> listing);

  ServerWorld world_;
  SessionCommands& sessions_;
  bool is_told_ = true;  ///< or has never asked
  TaskQueue worker_;     // last, so that its thread ends before all else does
};

}  // namespace belay::lsp

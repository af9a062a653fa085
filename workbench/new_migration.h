#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <belay/result.h>
#include <belay/url.h>

#include "workbench/project_loader.h"

/// The files of a new migration, in the project's own layout.
namespace belay::workbench {

struct NewMigrationRequest {
  std::string path = ".";  ///< the project, or the folder of its migrations
  LoadOptions load;
  std::string name;  ///< what it does, in any words
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();
  /// Who it is by, for the layouts that note it (sqitch, Liquibase).
  std::string author;
  std::string mail;
};

/// Fills in who it is by, as sqitch finds out: its own variables, else the user on this machine.
void sign(NewMigrationRequest& request, const runtime::EnvironmentLookup& environment);

struct NewFile {
  std::string path;
  std::string text;
  /// The file is there and gets these lines at its end (sqitch's plan); else it must not be there.
  bool appended = false;
};

struct NewMigration {
  std::string layout;
  std::string directory;
  std::string version;  ///< empty where the layout has none
  std::string name;     ///< made fit for a file's name
  std::vector<NewFile> files;
};

/// Decides what the files are called and what stands in them; writes nothing. The version follows
/// the newest one there: a sequence goes on with its digits, a time is the present in UTC, and
/// later than the newest. Errors: no history or several, a name without a letter or digit.
Result<NewMigration> plan_new_migration(const FileSystem& files,
                                        const NewMigrationRequest& request);

/// Makes the files, each only where none is there. After an error none of them is left.
Result<void> write_new_migration(const NewMigration& migration);

}  // namespace belay::workbench

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <belay/progress.h>
#include <belay/result.h>
#include <belay/url.h>

#include "workbench/project_loader.h"
#include "workbench/verify/round_trip.h"

/// Verification by execution: each migration goes up, down and up again on a throwaway database
/// that has seen the ups before it and nothing else, and what the engine's catalogs say before and
/// after is compared. Nothing of the user's own is touched: SQLite runs in memory, PostgreSQL on a
/// server that is started for the purpose, or, where a URL was typed, in databases that are made
/// on that server and dropped again.
namespace belay::workbench {

/// What the analysis of the scripts says about the same migration, to stand beside what happened.
struct StaticVerdict {
  rollback::Verdict verdict = rollback::Verdict::kUnknown;
  std::string reason;
  bool down_may_stop = false;
};

/// One migration and what happened to it.
struct VerifiedMigration {
  std::string history;  ///< the folder of its history
  std::string id;
  std::string up_path;
  std::string down_path;  ///< empty: there is none
  std::string engine;     ///< `SQLite 3.40.1`
  bool one_way = false;   ///< its author, or its layout, says that there is no way back
  RoundTrip trip;
  StaticVerdict expected;
  /// The file that shows the disagreement; empty where there is none.
  std::string reproducer_path;
  /// Ups before it in its history that failed; it ran on a database without them.
  size_t failed_before = 0;
  double seconds = 0;

  /// What the round trip came to, in the words of reports: a verdict's, or `up-failed`.
  std::string_view word() const;
  /// Whether there is nothing to mend: restored, perhaps in another order, up again as before; or
  /// declared as irreversible.
  bool good() const;
  /// Whether the analysis said something else: a mistake of Belay's. False where it said that it
  /// does not know, and where it fears for data that the rows made up did not hold; where the down
  /// stopped at the rows, which no analysis looks at; and where an up before this one has failed,
  /// so that the two did not see the same schema.
  bool disagrees() const;
};

struct VerifyRequest {
  /// Folders (projects), files of migrations, ids and versions. Empty: all of this folder. Ids are
  /// looked up in the folders that are named, else in this one.
  std::vector<std::string> targets;
  LoadOptions load;
  /// What an application makes before its first migration: a SQL file that runs first.
  std::string setup_path;
  /// Rows to make up for each table before an up; 0: none.
  uint32_t rows = 3;
  /// A PostgreSQL server to use instead of one of our own.
  std::string database_url;
  runtime::EnvironmentLookup environment = runtime::process_environment;
  /// Where to write a file for each disagreement; empty: nowhere.
  std::string reproducer_directory;
  std::string pg_bin;  ///< the directory of PostgreSQL's programs; empty: looked for
  /// Called with each migration as soon as it is known.
  std::function<void(const VerifiedMigration&)> on_migration;
  runtime::ProgressCallback progress;
  runtime::CancellationToken cancellation;
};

struct VerifyResult {
  std::vector<VerifiedMigration> migrations;
  /// What was left out, and why, a sentence each.
  std::vector<std::string> notes;
};

/// Verifies what is asked for. Errors: nothing to verify was found, a project or its configuration
/// has mistakes, no engine to run on, cancelled. A script that fails is no error.
Result<VerifyResult> verify(const FileSystem& files, const VerifyRequest& request);

}  // namespace belay::workbench

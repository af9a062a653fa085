#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <belay/result.h>
#include <belay/session.h>

#include "workbench/sessions.h"

namespace belay::workbench {

/// Where a script stands, lines from 1.
struct ScriptPlace {
  std::string path;
  uint32_t first_line = 0;
  uint32_t last_line = 0;
};

/// All that is known of one migration.
struct MigrationView {
  runtime::Report report;
  std::string version;
  std::string name;
  std::string id;
  ScriptPlace up;
  std::optional<ScriptPlace> down;
  std::string checksum;
  std::string sql_checksum;
  /// `none`, `comments` or `statements`; empty: it is not applied.
  std::string change;
  std::string verdict;
  std::string verdict_reason;
  std::string risk;
  std::string category;
  std::optional<runtime::LedgerEntry> entry;
};

/// Errors: there is no such migration, the database cannot be read.
Result<MigrationView> show(const SessionTarget& target, const std::string& version);

}  // namespace belay::workbench

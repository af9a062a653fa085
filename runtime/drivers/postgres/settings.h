#pragma once

#include <chrono>
#include <string>

#include <belay/connection.h>
#include <belay/progress.h>
#include <belay/url.h>

namespace belay::runtime::postgres {

/// The option of a URL that names the database from which others are administered: copied, renamed,
/// dropped. Without it `postgres`, which every server has unless somebody removed it.
inline constexpr const char* kMaintenanceDatabase = "maintenance_db";

/// Where a database is and how it is used.
struct PostgresSettings {
  DatabaseUrl url;  ///< with a database's name, also where the user left it to libpq's defaults
  ConnectionOptions connection;
  ProgressCallback progress;
  /// A person has agreed that others' connections are ended where a snapshot needs the database for
  /// itself.
  bool end_other_sessions = false;

  std::string maintenance_database() const {
    const auto found = url.options.find(kMaintenanceDatabase);
    return found == url.options.end() ? "postgres" : found->second;
  }
};

}  // namespace belay::runtime::postgres

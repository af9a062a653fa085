#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/analyzed_document.h"
#include "lsp/features/risk.h"
#include "lsp/features/session_view.h"
#include "lsp/protocol/types.h"
#include "workbench/sessions.h"

/// The histories of a workspace as a list for people: what each migration does and how far it is.
namespace belay::lsp {

/// How far a migration is.
enum class Standing : uint8_t {
  kUnknown,  ///< nobody has told
  kPending,
  kApplied,
  kFailed,   ///< it ended with an error, or was stopped with some of its statements done
  kChanged,  ///< applied, with other statements than those that stand there now
};
/// `unknown`, `pending`, `applied`, `failed`, `changed`.
std::string_view standing_name(Standing standing);

struct ListedMigration {
  std::string id;
  std::string version;
  std::string name;
  std::optional<Location> up;
  std::optional<Location> down;
  std::string verdict;  ///< the word; empty where there is none to be had
  std::string reason;   ///< for it
  std::string verdict_line;
  ScriptRisk risk;
  bool is_step = true;  ///< versioned: sessions run it
  Standing standing = Standing::kUnknown;
  std::string detail;  ///< when it was applied, or why it failed
};

struct ListedHistory {
  std::string folder;  ///< its path
  std::string uri;
  std::string dialect;  ///< `PostgreSQL`
  std::string layout;
  std::string config_uri;  ///< of belay.toml; empty without one
  std::optional<workbench::NamedDatabase> database;
  /// Why there is none, where one is configured.
  std::string database_problem;
  /// None where nothing is known of sessions.
  std::optional<SessionView> session;
  std::vector<ListedMigration> migrations;
};

/// `open` tells how the client writes the URIs of what is open.
ListedHistory listed_history(const HistoryView& history, const SessionView* session,
                             const OpenFiles& open, ColumnUnit unit);

}  // namespace belay::lsp

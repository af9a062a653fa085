#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzer/text/line_table.h"
#include "lsp/protocol/types.h"
#include "lsp/transport/json.h"

namespace belay::lsp {

/// What the client can do, as far as it matters here.
struct ClientCapabilities {
  ColumnUnit column_unit = ColumnUnit::kUtf16;  ///< already negotiated
  bool pull_diagnostics = false;
  bool refresh_diagnostics = false;
  bool related_information = false;
  bool code_description = false;
  bool diagnostic_data = false;
  bool diagnostic_tags = false;
  bool code_action_literals = false;
  bool preferred_code_actions = false;
  bool resolve_code_action_edits = false;
  bool document_changes = false;
  bool create_files = false;
  bool rename_files = false;
  bool hover_markdown = false;
  bool completion_snippets = false;
  bool completion_markdown = false;
  bool insert_replace_completion = false;
  bool refresh_code_lenses = false;
  bool resolve_code_lenses = false;
  bool refresh_inlay_hints = false;
  bool refresh_semantic_tokens = false;
  bool prepare_rename = false;
  bool work_done_progress = false;
  bool show_document = false;
  bool symbol_tags = false;
  bool watch_files = false;
  bool configuration = false;
};

struct InitializeParams {
  ClientCapabilities capabilities;
  std::vector<WorkspaceFolder> folders;
  ClientSettings settings;
};

/// Reads what `initialize` comes with; what is missing or odd counts as not supported.
InitializeParams read_initialize_params(const Json& params);

/// The settings in an object `{environment, untrusted, inlayHints}`, or in its member `belay`.
ClientSettings read_client_settings(const Json& settings);

/// The result of `initialize`.
std::string initialize_result(const ClientCapabilities& client, const std::string& server_version);

/// The commands that `workspace/executeCommand` knows.
namespace commands {
inline constexpr std::string_view kBegin = "belay.begin";
inline constexpr std::string_view kApply = "belay.apply";
inline constexpr std::string_view kCommit = "belay.commit";
inline constexpr std::string_view kRollback = "belay.rollback";
inline constexpr std::string_view kStatus = "belay.status";
inline constexpr std::string_view kDown = "belay.down";
inline constexpr std::string_view kRedo = "belay.redo";
inline constexpr std::string_view kRestore = "belay.restore";
inline constexpr std::string_view kFresh = "belay.fresh";
inline constexpr std::string_view kDropSnapshot = "belay.dropSnapshot";
inline constexpr std::string_view kPruneSnapshots = "belay.pruneSnapshots";
inline constexpr std::string_view kPlan = "belay.plan";
inline constexpr std::string_view kDoctor = "belay.doctor";
inline constexpr std::string_view kCheck = "belay.check";
inline constexpr std::string_view kVerifySchema = "belay.verifySchema";
inline constexpr std::string_view kLedgerProblems = "belay.ledgerProblems";
inline constexpr std::string_view kSnapshots = "belay.snapshots";
inline constexpr std::string_view kEnvironments = "belay.environments";
inline constexpr std::string_view kRehearse = "belay.rehearse";
inline constexpr std::string_view kNew = "belay.new";
inline constexpr std::string_view kGenerateDown = "belay.generateDown";
inline constexpr std::string_view kVerify = "belay.verify";
inline constexpr std::string_view kShowRisk = "belay.showRisk";
inline constexpr std::string_view kShowVerdict = "belay.showVerdict";
inline constexpr std::string_view kGoToDown = "belay.goToDown";
inline constexpr std::string_view kGoToUp = "belay.goToUp";
inline constexpr std::string_view kOpenRule = "belay.openRule";

inline constexpr std::string_view kAll[] = {
    kBegin,    kApply,    kCommit,       kRollback,       kStatus,         kDown,
    kRedo,     kRestore,  kFresh,        kDropSnapshot,   kPruneSnapshots, kPlan,
    kDoctor,   kCheck,    kVerifySchema, kLedgerProblems, kSnapshots,      kEnvironments,
    kVerify,   kShowRisk, kShowVerdict,  kGoToDown,       kGoToUp,         kOpenRule,
    kRehearse, kNew,      kGenerateDown};
}  // namespace commands

}  // namespace belay::lsp

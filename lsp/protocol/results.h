#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/protocol/capabilities.h"
#include "lsp/protocol/types.h"

/// The JSON texts of what goes out: results of requests, and parameters of our own messages.
namespace belay::lsp {

/// A JSON array of diagnostics. Written on its own, since it is large and goes into two kinds of
/// message.
std::string diagnostics_json(const std::vector<Diagnostic>& diagnostics,
                             const ClientCapabilities& client);

std::string publish_diagnostics_params(std::string_view uri, std::optional<int64_t> version,
                                       std::string_view diagnostics);
std::string full_diagnostic_report(std::string_view result_id, std::string_view diagnostics);
std::string unchanged_diagnostic_report(std::string_view result_id);

std::string code_actions_json(const std::vector<CodeAction>& actions,
                              const ClientCapabilities& client);
/// A JSON object. A client that cannot make files gets the new file's text as an edit of it.
std::string workspace_edit_json(const WorkspaceEdit& edit, const ClientCapabilities& client);
std::string locations_json(const std::vector<Location>& locations);
std::string hover_json(const std::optional<Hover>& hover, const ClientCapabilities& client);
std::string highlights_json(const std::vector<DocumentHighlight>& highlights);
std::string document_symbols_json(const std::vector<DocumentSymbol>& symbols);
std::string code_lenses_json(const std::vector<CodeLens>& lenses);

std::string message_params(MessageType type, std::string_view message);
std::string message_request_params(MessageType type, std::string_view message,
                                   const std::vector<std::string>& actions);
/// A page, for the browser.
std::string show_document_params(std::string_view uri);
/// A place, for the editor.
std::string show_document_params(const Location& location);

/// `token` is a JSON text.
std::string progress_create_params(std::string_view token);
std::string progress_begin_params(std::string_view token, std::string_view title, bool cancellable);
std::string progress_report_params(std::string_view token, std::string_view message,
                                   std::optional<uint32_t> percentage);
std::string progress_end_params(std::string_view token, std::string_view message);

/// Registers for events of files that match the patterns.
std::string register_watchers_params(const std::vector<std::string>& patterns);
std::string configuration_params(std::string_view section);

/// The only argument of our commands, as a JSON array.
std::string command_arguments_json(const CommandArguments& arguments);
std::string command_result_json(const CommandResult& result);
/// The same where there is nothing more to it.
std::string command_result_json(bool done, std::string_view message);

}  // namespace belay::lsp

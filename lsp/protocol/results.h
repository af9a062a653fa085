#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/protocol/types.h"

/// The JSON texts of our own messages, and of what commands answer.
namespace belay::lsp {

std::string publish_diagnostics_params(std::string_view uri, std::optional<int64_t> version,
                                       std::string_view diagnostics);

std::string message_params(MessageType type, std::string_view message);
std::string message_request_params(MessageType type, std::string_view message,
                                   const std::vector<std::string>& actions);
/// A page, for the browser.
std::string show_document_params(std::string_view uri);
/// A place, for the editor.
/// `edit` is a JSON text.
std::string apply_edit_params(std::string_view edit);
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

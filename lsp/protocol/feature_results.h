#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/protocol/capabilities.h"
#include "lsp/protocol/types.h"

/// The JSON texts of what features answer.
namespace belay::lsp {

/// A JSON array of diagnostics. Written on its own, since it is large and goes into two kinds of
/// message.
std::string diagnostics_json(const std::vector<Diagnostic>& diagnostics,
                             const ClientCapabilities& client);
std::string full_diagnostic_report(std::string_view result_id, std::string_view diagnostics);
std::string unchanged_diagnostic_report(std::string_view result_id);
std::string workspace_diagnostic_report(const std::vector<WorkspaceDocumentReport>& reports);

std::string code_actions_json(const std::vector<CodeAction>& actions,
                              const ClientCapabilities& client);
/// A JSON object. A client that cannot make files gets the new file's text as an edit of it.
std::string workspace_edit_json(const WorkspaceEdit& edit, const ClientCapabilities& client);
/// A name that can be changed, as `prepareRename` answers.
std::string prepare_rename_json(PositionRange range, std::string_view name);
std::string locations_json(const std::vector<Location>& locations);
std::string hover_json(const std::optional<Hover>& hover, const ClientCapabilities& client);
std::string highlights_json(const std::vector<DocumentHighlight>& highlights);
std::string document_symbols_json(const std::vector<DocumentSymbol>& symbols);
std::string workspace_symbols_json(const std::vector<WorkspaceSymbol>& symbols,
                                   const ClientCapabilities& client);
std::string code_lenses_json(const std::vector<CodeLens>& lenses);
std::string code_lens_json(const CodeLens& lens);
std::string folding_ranges_json(const std::vector<FoldingRange>& ranges);
std::string document_links_json(const std::vector<DocumentLink>& links);
/// For each position its ranges from the inside out.
std::string selection_ranges_json(const std::vector<std::vector<PositionRange>>& ranges);

}  // namespace belay::lsp

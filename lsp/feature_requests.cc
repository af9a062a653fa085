#include "lsp/feature_requests.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "lsp/features/code_actions.h"
#include "lsp/features/completion/completion.h"
#include "lsp/features/counterpart.h"
#include "lsp/features/diagnostics.h"
#include "lsp/features/document_links.h"
#include "lsp/features/down_actions.h"
#include "lsp/features/fix_all_actions.h"
#include "lsp/features/folding.h"
#include "lsp/features/hover.h"
#include "lsp/features/names.h"
#include "lsp/features/rename.h"
#include "lsp/features/selection.h"
#include "lsp/features/semantic_tokens.h"
#include "lsp/features/split_actions.h"
#include "lsp/protocol/feature_results.h"
#include "lsp/protocol/params.h"
#include "support/hash.h"

namespace belay::lsp {

FeatureRequests::FeatureRequests(ServerWorld world, std::function<CodeLensOptions()> lenses,
                                 std::function<InlayHintOptions()> hints)
    : world_(world), lenses_(std::move(lenses)), hints_(std::move(hints)) {
  bind_diagnostics();
  bind_code_actions();
  bind_code_lenses();
  bind_structure();
  bind_names();
  bind_completion();
  bind_rename();
  bind_hints_and_tokens();
}

void FeatureRequests::answer(const std::string& uri, Freshness freshness, Reply reply,
                             Feature feature) const {
  const OpenDocument* document = world_.documents.find(uri);
  if (document == nullptr) {
    return reply.error(ErrorCode::kInvalidParams, "the document is not open: " + uri);
  }
  const uint64_t wanted = document->revision;
  const TraceLabel label = reply.label();
  world_.analysis.ask(
      [&log = world_.log, uri = document->uri, unit = world_.client.column_unit, wanted, freshness,
       reply = std::move(reply), feature = std::move(feature)](const Projects& projects) {
        if (reply.cancelled()) return;
        const auto known = projects.find(projects.path_of(uri));
        if (!known || (freshness == Freshness::kExact && known->document.revision != wanted)) {
          return reply.error(ErrorCode::kContentModified, "the document has changed");
        }
        try {
          const Result<std::string> answer = feature({*known, projects.open_files(), unit});
          if (!answer) return reply.error(ErrorCode::kRequestFailed, answer.error().to_string());
          reply.result(*answer);
        } catch (const std::exception& error) {
          log.error(reply.method() + ": " + error.what());
          reply.error(ErrorCode::kInternalError, error.what());
        }
      },
      label);
}

namespace {

/// What an action does that has not come with its edit.
Result<WorkspaceEdit> edit_of(const FeatureInput& input, const CodeActionData& data) {
  switch (data.what) {
    case CodeActionData::What::kDown: return down_edit(input, data);
    case CodeActionData::What::kFixAll: return fix_all_edit(input, data);
    case CodeActionData::What::kSplit: return split_edit(input, data);
  }
  return Error{"no such action", data.uri, ""};
}

/// Puts its edit into an action; false where there is none.
bool fill_in(const FeatureInput& input, CodeAction& action) {
  if (!action.data) return false;
  Result<WorkspaceEdit> edit = edit_of(input, *action.data);
  if (!edit) return false;
  action.edit = *std::move(edit);
  return true;
}

}  // namespace

/// `answer` is called with the document, the request and what the client can do.
template <class Params, class Answer>
void FeatureRequests::bind(const char* method, Freshness freshness, Answer answer) {
  world_.dispatcher.on_request(
      method, [this, freshness, answer](const Json& json, const Reply& reply) {
        const Result<Params> params = read_params<Params>(json);
        if (!params) return reply.error(ErrorCode::kInvalidParams, params.error().message);
        this->answer(params->uri, freshness, reply,
                     [answer, params = *params, client = world_.client](const FeatureInput& input) {
                       return answer(input, params, client);
                     });
      });
}

void FeatureRequests::bind_diagnostics() {
  bind<DocumentDiagnosticParams>(
      "textDocument/diagnostic", Freshness::kNewest,
      [](const FeatureInput& input, const auto& params, const auto& client) {
        const std::string list = diagnostics_json(diagnostics(input), client);
        const std::string id = std::to_string(hash_bytes(list));
        if (id == params.previous_result_id) return unchanged_diagnostic_report(id);
        return full_diagnostic_report(id, list);
      });
}

void FeatureRequests::bind_names() {
  bind<TextDocumentPositionParams>(
      "textDocument/hover", Freshness::kExact,
      [](const FeatureInput& input, const auto& params, const auto& client) {
        return hover_json(hover(input, params.position, client.hover_markdown), client);
      });
  bind<TextDocumentPositionParams>("textDocument/implementation", Freshness::kExact,
                                   [](const FeatureInput& input, const auto& params, const auto&) {
                                     return locations_json(counterparts(input, params.position));
                                   });
  bind<TextDocumentPositionParams>("textDocument/definition", Freshness::kExact,
                                   [](const FeatureInput& input, const auto& params, const auto&) {
                                     return locations_json(definitions(input, params.position));
                                   });
  bind<ReferenceParams>(
      "textDocument/references", Freshness::kExact,
      [](const FeatureInput& input, const auto& params, const auto&) {
        return locations_json(references(input, params.position, params.with_declaration));
      });
  bind<TextDocumentPositionParams>("textDocument/documentHighlight", Freshness::kExact,
                                   [](const FeatureInput& input, const auto& params, const auto&) {
                                     return highlights_json(highlights(input, params.position));
                                   });
  bind<TextDocumentParams>("textDocument/documentSymbol", Freshness::kNewest,
                           [](const FeatureInput& input, const auto&, const auto&) {
                             return document_symbols_json(document_symbols(input));
                           });
}

void FeatureRequests::bind_structure() {
  bind<TextDocumentParams>("textDocument/foldingRange", Freshness::kExact,
                           [](const FeatureInput& input, const auto&, const auto&) {
                             return folding_ranges_json(folding_ranges(input));
                           });
  bind<TextDocumentParams>("textDocument/documentLink", Freshness::kExact,
                           [](const FeatureInput& input, const auto&, const auto&) {
                             return document_links_json(document_links(input));
                           });
  bind<SelectionRangeParams>("textDocument/selectionRange", Freshness::kExact,
                             [](const FeatureInput& input, const auto& params, const auto&) {
                               std::vector<std::vector<PositionRange>> out;
                               for (const Position position : params.positions) {
                                 out.push_back(selection_ranges(input, position));
                               }
                               return selection_ranges_json(out);
                             });
}

void FeatureRequests::bind_code_actions() {
  bind<CodeActionParams>("textDocument/codeAction", Freshness::kExact,
                         [](const FeatureInput& input, const auto& params, const auto& client) {
                           std::vector<CodeAction> actions = code_actions(input, params);
                           for (const auto offer : {fix_all_actions, down_actions, split_actions}) {
                             for (CodeAction& action : offer(input, params)) {
                               // A client that asks for edits later pays for none that nobody
                               // chooses.
                               const bool later = client.resolve_code_action_edits;
                               if (later || fill_in(input, action)) {
                                 actions.push_back(std::move(action));
                               }
                             }
                           }
                           return code_actions_json(actions, client);
                         });
  world_.dispatcher.on_request(
      "codeAction/resolve",
      [this](const Json& params, const Reply& reply) { resolve_code_action(params, reply); });
}

void FeatureRequests::bind_code_lenses() {
  world_.dispatcher.on_request("codeLens/resolve", [this](const Json& params, const Reply& reply) {
    resolve_code_lens(params, reply);
  });
  world_.dispatcher.on_request(
      "textDocument/codeLens", [this](const Json& json, const Reply& reply) {
        const Result<TextDocumentParams> params = read_params<TextDocumentParams>(json);
        if (!params) return reply.error(ErrorCode::kInvalidParams, params.error().message);
        CodeLensOptions lenses = lenses_();
        lenses.texts_later = world_.client.resolve_code_lenses;
        answer(params->uri, Freshness::kNewest, reply,
               [options = std::move(lenses)](const FeatureInput& input) {
                 return code_lenses_json(code_lenses(input, options));
               });
      });
}

void FeatureRequests::resolve_code_lens(const Json& params, const Reply& reply) const {
  if (!params.is_object() || !params.contains("data")) {
    return reply.result(params.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  const Result<CodeLens> lens = read_params<CodeLens>(params);
  if (!lens) return reply.error(ErrorCode::kInvalidParams, lens.error().message);
  const OpenDocument* document = world_.documents.find(lens->data->uri);
  if (document != nullptr && document->version != lens->data->version) {
    return reply.error(ErrorCode::kContentModified, "the document has changed");
  }
  answer(lens->data->uri, Freshness::kExact, reply,
         [lens = *lens](const FeatureInput& input) -> Result<std::string> {
           const Result<CodeLens> resolved = resolved_lens(input, lens);
           if (!resolved) return resolved.error();
           return code_lens_json(*resolved);
         });
}

void FeatureRequests::resolve_code_action(const Json& params, const Reply& reply) const {
  // Those that have nothing to resolve are as they were.
  if (!params.is_object() || !params.contains("data")) {
    return reply.result(params.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  const Result<CodeActionData> wanted = read_params<CodeActionData>(params);
  if (!wanted) return reply.error(ErrorCode::kInvalidParams, wanted.error().message);
  answer(wanted->uri, Freshness::kNewest, reply,
         [client = world_.client, wanted = *wanted,
          action = params](const FeatureInput& input) -> Result<std::string> {
           const Result<WorkspaceEdit> edit = edit_of(input, wanted);
           if (!edit) return edit.error();
           Json out = action;
           out["edit"] = Json::parse(workspace_edit_json(*edit, client));
           return out.dump(-1, ' ', false, Json::error_handler_t::replace);
         });
}

void FeatureRequests::bind_completion() {
  bind<CompletionParams>(
      "textDocument/completion", Freshness::kExact,
      [](const FeatureInput& input, const auto& params, const auto& client) -> std::string {
        CompletionOptions options;
        options.snippets = client.completion_snippets;
        options.names_only = params.trigger == " ";
        const auto list = completion(input, params.position, options);
        return list ? completion_list_json(*list, client) : "null";
      });
  world_.dispatcher.on_request(
      "completionItem/resolve",
      [this](const Json& params, const Reply& reply) { resolve_completion(params, reply); });
}

void FeatureRequests::resolve_completion(const Json& params, const Reply& reply) const {
  // Those that have nothing to resolve are as they were.
  if (!params.is_object() || !params.contains("data")) {
    return reply.result(params.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  const Result<CompletionItemData> wanted = read_params<CompletionItemData>(params);
  if (!wanted) return reply.error(ErrorCode::kInvalidParams, wanted.error().message);
  answer(wanted->uri, Freshness::kNewest, reply,
         [client = world_.client, wanted = *wanted,
          item = params](const FeatureInput& input) -> Result<std::string> {
           Json out = item;
           const std::string documentation =
               completion_documentation(input, wanted, client.completion_markdown);
           if (!documentation.empty()) {
             out["documentation"] = Json::parse(documentation_json(documentation, client));
           }
           return out.dump(-1, ' ', false, Json::error_handler_t::replace);
         });
}

void FeatureRequests::bind_rename() {
  world_.dispatcher.on_request(
      "textDocument/prepareRename", [this](const Json& json, const Reply& reply) {
        const auto params = read_params<TextDocumentPositionParams>(json);
        if (!params) return reply.error(ErrorCode::kInvalidParams, params.error().message);
        answer(params->uri, Freshness::kExact, reply,
               [position = params->position,
                sessions = lenses_().sessions](const FeatureInput& input) -> Result<std::string> {
                 const Result<RenamedPlace> place = prepare_rename(input, position, sessions);
                 if (!place) return place.error();
                 return prepare_rename_json(place->range, place->name);
               });
      });
  world_.dispatcher.on_request("textDocument/rename", [this](const Json& json, const Reply& reply) {
    const auto params = read_params<RenameParams>(json);
    if (!params) return reply.error(ErrorCode::kInvalidParams, params.error().message);
    answer(params->uri, Freshness::kExact, reply,
           [wanted = *params, sessions = lenses_().sessions,
            client = world_.client](const FeatureInput& input) -> Result<std::string> {
             const Result<WorkspaceEdit> edit =
                 rename(input, wanted.position, wanted.new_name, sessions);
             if (!edit) return edit.error();
             return workspace_edit_json(*edit, client);
           });
  });
}

void FeatureRequests::bind_hints_and_tokens() {
  world_.dispatcher.on_request(
      "textDocument/inlayHint", [this](const Json& json, const Reply& reply) {
        const Result<RangeParams> params = read_params<RangeParams>(json);
        if (!params) return reply.error(ErrorCode::kInvalidParams, params.error().message);
        answer(params->uri, Freshness::kNewest, reply,
               [range = params->range, options = hints_()](const FeatureInput& input) {
                 return inlay_hints_json(inlay_hints(input, range, options));
               });
      });
  bind<TextDocumentParams>("textDocument/semanticTokens/full", Freshness::kNewest,
                           [](const FeatureInput& input, const auto&, const auto&) {
                             return semantic_tokens_json(semantic_tokens(input, std::nullopt));
                           });
  bind<RangeParams>("textDocument/semanticTokens/range", Freshness::kNewest,
                    [](const FeatureInput& input, const auto& params, const auto&) {
                      return semantic_tokens_json(semantic_tokens(input, params.range));
                    });
}

}  // namespace belay::lsp

#include "lsp/check/editor_replay.h"

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "analyzer/text/document.h"
#include "analyzer/text/lexer.h"
#include "lsp/protocol/uri.h"
#include "lsp/server.h"
#include "lsp/transport/memory_connection.h"

namespace belay::lsp {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes kPatience{1};
constexpr uint64_t kMostBytes = uint64_t{64} << 20U;

/// What is asked where the server says that it answers.
struct Inquiry {
  const char* provider;
  const char* method;
};
constexpr std::array<Inquiry, 5> kOfDocument = {
    {{"documentSymbolProvider", "textDocument/documentSymbol"},
     {"codeLensProvider", "textDocument/codeLens"},
     {"foldingRangeProvider", "textDocument/foldingRange"},
     {"documentLinkProvider", "textDocument/documentLink"},
     {"semanticTokensProvider", "textDocument/semanticTokens/full"}}};
constexpr std::array<Inquiry, 6> kOfToken = {
    {{"hoverProvider", "textDocument/hover"},
     {"definitionProvider", "textDocument/definition"},
     {"implementationProvider", "textDocument/implementation"},
     {"documentHighlightProvider", "textDocument/documentHighlight"},
     {"completionProvider", "textDocument/completion"},
     {"renameProvider", "textDocument/prepareRename"}}};

/// An editor that understands everything.
Json client_capabilities() {
  return {{"general", {{"positionEncodings", {"utf-8"}}}},
          {"workspace",
           {{"workspaceEdit",
             {{"documentChanges", true}, {"resourceOperations", {"create", "rename"}}}}}},
          {"textDocument",
           {{"publishDiagnostics", {{"relatedInformation", true}, {"dataSupport", true}}},
            {"hover", {{"contentFormat", {"markdown"}}}},
            {"codeAction",
             {{"codeActionLiteralSupport",
               {{"codeActionKind", {{"valueSet", {"quickfix", "refactor", "source"}}}}}},
              {"dataSupport", true},
              {"resolveSupport", {{"properties", {"edit"}}}}}}}}};
}

class Editor {
 public:
  Editor(const FileSystem& disk, Log& log, const ReplayRequest& request)
      : server_(wire_, wire_, disk, log, {request.version, request.trace}) {
    const Json params = {
        {"processId", nullptr}, {"rootUri", nullptr}, {"capabilities", client_capabilities()}};
    const Json answer = ask("initialize", params, "");
    if (answer.is_object()) capabilities_ = answer.value("capabilities", Json::object());
    notify("initialized", Json::object());
  }

  void visit(const std::string& path, std::string text) {
    const Document document(std::move(text));
    const std::string uri = uri_of_path(path);
    const auto begin = Clock::now();
    notify("textDocument/didOpen", {{"textDocument",
                                     {{"uri", uri},
                                      {"languageId", "sql"},
                                      {"version", 1},
                                      {"text", std::string(document.text())}}}});
    wait_for_diagnostics(path, uri, begin);
    ask_of_document(uri, path);
    ask_of_tokens(document, uri, path);
  }

  ReplayResult finish() {
    const Json usage = ask("belay/memoryUsage", Json::object(), "");
    if (usage.is_object()) {
      for (const Json& part : usage["parts"]) {
        out_.memory.parts.push_back({part["name"], part["bytes"], part["count"]});
      }
      out_.memory.resident = usage["resident"];
    }
    ask("shutdown", nullptr, "");
    notify("exit", nullptr);
    return std::move(out_);
  }

 private:
  bool offers(const char* provider) const {
    const auto found = capabilities_.find(provider);
    return found != capabilities_.end() && *found != false;
  }
  bool resolves(const char* provider) const {
    const auto found = capabilities_.find(provider);
    return found != capabilities_.end() && found->is_object() &&
           found->value("resolveProvider", false);
  }

  void send(const Json& message) {
    server_.on_message(message.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  void notify(const char* method, const Json& params) {
    send({{"jsonrpc", "2.0"}, {"method", method}, {"params", params}});
  }

  /// The next message that is no question of the server's; those are answered with nothing.
  std::optional<Json> next() {
    while (const auto body = wire_.next(kPatience)) {
      Json message = parse_json(*body).value_or(Json());
      if (!message.is_object()) continue;
      if (!message.contains("method") || !message.contains("id")) return message;
      send({{"jsonrpc", "2.0"}, {"id", message["id"]}, {"result", nullptr}});
    }
    return std::nullopt;
  }

  /// The result; null where there is none. `where`: for a failure.
  Json ask(const char* method, const Json& params, const std::string& where) {
    const int64_t id = ++last_id_;
    const auto begin = Clock::now();
    send({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
    while (std::optional<Json> message = next()) {
      if (message->value("id", Json()) != id) continue;
      const std::chrono::duration<double, std::milli> took = Clock::now() - begin;
      out_.latencies[method].push_back(took.count());
      if (message->contains("result")) return (*message)["result"];
      const Json& error = (*message)["error"];
      // To be told that something cannot be done is an answer.
      const bool is_refusal = error.value("code", 0) == static_cast<int>(ErrorCode::kRequestFailed);
      if (!is_refusal) fail(method, where, error.value("message", ""));
      return nullptr;
    }
    fail(method, where, "no answer");
    return nullptr;
  }

  void fail(const std::string& method, const std::string& where, const std::string& what) {
    out_.failures.push_back((where.empty() ? "" : where + ": ") + method + ": " + what);
  }

  void wait_for_diagnostics(const std::string& path, const std::string& uri,
                            Clock::time_point begin) {
    while (std::optional<Json> message = next()) {
      if (message->value("method", "") != "textDocument/publishDiagnostics") continue;
      const Json& params = (*message)["params"];
      if (uri_key(params.value("uri", "")) != uri_key(uri)) continue;
      const std::chrono::duration<double, std::milli> took = Clock::now() - begin;
      out_.latencies["textDocument/didOpen"].push_back(took.count());
      for (const Json& d : params["diagnostics"]) {
        const Json& start = d["range"]["start"];
        out_.diagnostics.push_back({path, start["line"].get<uint32_t>() + 1,
                                    start["character"].get<uint32_t>() + 1, d.value("severity", 0),
                                    d.value("code", ""), d.value("message", "")});
      }
      return;
    }
    fail("textDocument/didOpen", path, "no diagnostics");
  }

  void ask_of_document(const std::string& uri, const std::string& path) {
    const Json params = {{"textDocument", {{"uri", uri}}}};
    for (const auto& [provider, method] : kOfDocument) {
      if (!offers(provider)) continue;
      const Json answer = ask(method, params, path);
      if (!answer.is_array() || !resolves(provider)) continue;
      const bool is_lens = std::string_view(provider) == "codeLensProvider";
      for (const Json& item : answer) {
        if (item.contains("data")) {
          ask(is_lens ? "codeLens/resolve" : "documentLink/resolve", item, path);
        }
      }
    }
  }

  void ask_of_tokens(const Document& document, const std::string& uri, const std::string& path) {
    Lexer lexer(document.text(), Engine::kPostgres);
    for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
      const Position at = document.position_at(token.range.begin, ColumnUnit::kUtf8);
      const Json position = {{"line", at.line}, {"character", at.character}};
      const std::string where =
          path + ":" + std::to_string(at.line + 1) + ":" + std::to_string(at.character + 1);
      Json params = {{"textDocument", {{"uri", uri}}}, {"position", position}};
      for (const auto& [provider, method] : kOfToken) {
        if (offers(provider)) ask(method, params, where);
      }
      params["context"] = {{"includeDeclaration", true}};
      if (offers("referencesProvider")) ask("textDocument/references", params, where);
      ask_for_selection(uri, position, where);
      ask_for_actions(uri, position, where);
    }
  }

  void ask_for_selection(const std::string& uri, const Json& position, const std::string& where) {
    if (!offers("selectionRangeProvider")) return;
    const Json params = {{"textDocument", {{"uri", uri}}}, {"positions", {position}}};
    ask("textDocument/selectionRange", params, where);
  }

  void ask_for_actions(const std::string& uri, const Json& position, const std::string& where) {
    const Json params = {{"textDocument", {{"uri", uri}}},
                         {"range", {{"start", position}, {"end", position}}},
                         {"context", {{"diagnostics", Json::array()}}}};
    const Json actions = ask("textDocument/codeAction", params, where);
    if (!actions.is_array()) return;
    for (const Json& action : actions) {
      // What an action's edit would be is the same wherever in its statement one asks.
      if (!action.contains("data") || action.contains("edit")) continue;
      if (!resolved_.insert(uri + action["title"].dump() + action["data"].dump()).second) continue;
      ask("codeAction/resolve", action, where);
    }
  }

  MemoryConnection wire_;
  Server server_;  // ends before the wire does
  Json capabilities_ = Json::object();
  int64_t last_id_ = 0;
  std::set<std::string> resolved_;
  ReplayResult out_;
};

}  // namespace

Result<ReplayResult> replay_editor(const FileSystem& disk, Log& log, const ReplayRequest& request) {
  Editor editor(disk, log, request);
  for (const std::string& file : request.files) {
    const std::string path = path::absolute(file);
    Result<std::string> text = disk.read(path, kMostBytes);
    if (!text) return std::move(text).error();
    editor.visit(path, *std::move(text));
  }
  return editor.finish();
}

}  // namespace belay::lsp

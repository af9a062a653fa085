#include "tests/lsp/support/client.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace belay::lsp::testing {
namespace {

constexpr auto kPatience = std::chrono::seconds(20);
using Clock = std::chrono::steady_clock;

}  // namespace

int64_t Client::send_request(const std::string& method, const Json& params) {
  const int64_t id = next_id_++;
  open_[id] = method;
  Json message = {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}};
  if (!params.is_null()) message["params"] = params;
  send(message);
  return id;
}

void Client::notify(const std::string& method, const Json& params) {
  Json message = {{"jsonrpc", "2.0"}, {"method", method}};
  if (!params.is_null()) message["params"] = params;
  send(message);
}

void Client::send(const Json& message) {
  const std::string method = message["method"].get<std::string>();
  const MetaModel* model = MetaModel::installed();
  if (behaves_ && model != nullptr && !method.starts_with("belay/")) {
    report(model->check_params(method, message, MetaModel::Sender::kClient), message);
  }
  wire_.send(message.dump());
}

std::optional<Json> Client::take_in(std::chrono::milliseconds patience) {
  const std::optional<std::string> body = wire_.receive(patience);
  if (!body) return std::nullopt;
  Json message = Json::parse(*body, nullptr, false);
  EXPECT_FALSE(message.is_discarded()) << "no JSON: " << *body;
  if (!message.is_object()) return Json::object();
  handle(message);
  return message;
}

void Client::report(const std::vector<std::string>& problems, const Json& message) {
  for (const std::string& problem : problems) {
    ADD_FAILURE() << problem << "\nin " << message.dump().substr(0, 2000);
  }
}

void Client::handle(const Json& message) {
  EXPECT_EQ(message.value("jsonrpc", ""), "2.0") << message;
  const MetaModel* model = MetaModel::installed();
  // The official model has none of Belay's own messages.
  const auto is_own = [](std::string_view method) { return method.starts_with("belay/"); };
  if (message.contains("method")) {
    const std::string method = message["method"].get<std::string>();
    if (model != nullptr && !is_own(method))
      report(model->check_params(method, message, MetaModel::Sender::kServer), message);
    if (message.contains("id")) return answer(message);
    notifications_.emplace_back(method, message.value("params", Json()));
    return;
  }
  ASSERT_TRUE(message.contains("id")) << message;
  if (!message["id"].is_number_integer()) return without_id_.push_back(message);
  const int64_t id = message["id"].get<int64_t>();
  const auto open = open_.find(id);
  if (open == open_.end()) return without_id_.push_back(message);
  if (model != nullptr && !is_own(open->second)) {
    report(model->check_response(open->second, message), message);
  }
  open_.erase(open);
  responses_[id] = message;
}

void Client::answer(const Json& message) {
  const std::string method = message["method"].get<std::string>();
  const Json params = message.value("params", Json());
  requested_[method].push_back(params);
  last_request_id_ = message["id"];
  methods_asked_[message["id"].dump()] = method;
  const auto known = answers_.find(method);
  const Json usual = method == "window/showDocument" ? Json{{"success", true}} : Json();
  const std::optional<Json> result =
      known == answers_.end() ? std::optional<Json>(usual) : known->second(params);
  if (result) answer_late(message["id"], *result);
}

void Client::answer_late(const Json& id, const Json& result) {
  const Json message = {{"jsonrpc", "2.0"}, {"id", id}, {"result", result}};
  const auto method = methods_asked_.find(id.dump());
  const MetaModel* model = MetaModel::installed();
  if (behaves_ && model != nullptr && method != methods_asked_.end()) {
    report(model->check_response(method->second, message), message);
  }
  wire_.send(message.dump());
}

std::optional<Json> Client::response_within(int64_t id, std::chrono::milliseconds time) {
  const auto deadline = Clock::now() + time;
  while (!responses_.contains(id) && Clock::now() < deadline) {
    if (!take_in(std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()))) {
      break;
    }
  }
  const auto found = responses_.find(id);
  if (found == responses_.end()) return std::nullopt;
  Json out = std::move(found->second);
  responses_.erase(found);
  return out;
}

Json Client::response(int64_t id) {
  if (std::optional<Json> found = response_within(id, kPatience)) return *std::move(found);
  ADD_FAILURE() << "no answer to request " << id << " (" << open_[id] << ")";
  return Json::object();
}

Json Client::result(const std::string& method, const Json& params) {
  const Json answer = request(method, params);
  EXPECT_TRUE(answer.contains("result")) << method << ": " << answer;
  return answer.value("result", Json());
}

Json Client::notification(const std::string& method, const Condition& fits) {
  const auto deadline = Clock::now() + kPatience;
  while (true) {
    const auto found =
        std::find_if(notifications_.begin(), notifications_.end(),
                     [&](const auto& n) { return n.first == method && (!fits || fits(n.second)); });
    if (found != notifications_.end()) {
      Json out = std::move(found->second);
      notifications_.erase(notifications_.begin(), found + 1);
      return out;
    }
    if (Clock::now() >= deadline || !take_in(kPatience)) break;
  }
  ADD_FAILURE() << "no notification " << method;
  return Json::object();
}

Json Client::response_without_id() {
  const auto deadline = Clock::now() + kPatience;
  while (without_id_.empty() && Clock::now() < deadline && take_in(kPatience)) {
  }
  if (without_id_.empty()) {
    ADD_FAILURE() << "no answer without an id";
    return Json::object();
  }
  Json out = std::move(without_id_.front());
  without_id_.erase(without_id_.begin());
  return out;
}

void Client::take_in_all() {
  while (take_in(std::chrono::milliseconds(0))) {
  }
}

void Client::idle(std::chrono::milliseconds time) {
  const auto deadline = Clock::now() + time;
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return;
    take_in(left);
  }
}

bool Client::has_notification(const std::string& method) const {
  return std::any_of(notifications_.begin(), notifications_.end(),
                     [&](const auto& n) { return n.first == method; });
}

Json Client::capabilities() {
  return Json::parse(R"({
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": true, "showDocument": {"support": true}},
    "workspace": {
      "workspaceFolders": true,
      "workspaceEdit": {"documentChanges": true},
      "codeLens": {"refreshSupport": true},
      "didChangeWatchedFiles": {"dynamicRegistration": true}
    },
    "textDocument": {
      "publishDiagnostics": {
        "relatedInformation": true, "codeDescriptionSupport": true, "dataSupport": true,
        "versionSupport": true, "tagSupport": {"valueSet": [1, 2]}
      },
      "codeAction": {
        "isPreferredSupport": true,
        "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}
      },
      "hover": {"contentFormat": ["markdown", "plaintext"]}
    }
  })");
}

Json Client::initialize(const Json& params) {
  Json out = result("initialize", params);
  notify("initialized", Json::object());
  return out;
}

Json Client::initialize_in(const std::string& root) {
  const std::string uri = "file://" + root;
  return initialize({{"processId", nullptr},
                     {"rootUri", uri},
                     {"capabilities", capabilities()},
                     {"workspaceFolders", {{{"uri", uri}, {"name", "project"}}}}});
}

void Client::open(const std::string& uri, const std::string& text, int64_t version) {
  notify("textDocument/didOpen",
         {{"textDocument",
           {{"uri", uri}, {"languageId", "sql"}, {"version", version}, {"text", text}}}});
}

void Client::close(const std::string& uri) {
  notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}});
}

void Client::change(const std::string& uri, int64_t version, const Json& changes) {
  notify("textDocument/didChange",
         {{"textDocument", {{"uri", uri}, {"version", version}}}, {"contentChanges", changes}});
}

Json Client::diagnostics(const std::string& uri, std::optional<int64_t> version) {
  return notification("textDocument/publishDiagnostics",
                      [&](const Json& params) {
                        return params.value("uri", "") == uri &&
                               (!version || params.value("version", int64_t{-1}) == *version);
                      })
      .value("diagnostics", Json::array());
}

std::vector<std::string> codes(const Json& diagnostics) {
  std::vector<std::string> out;
  for (const Json& d : diagnostics) out.push_back(d.value("code", ""));
  return out;
}

Json position(uint32_t line, uint32_t character) {
  return {{"line", line}, {"character", character}};
}
Json range(const Json& start, const Json& end) { return {{"start", start}, {"end", end}}; }

}  // namespace belay::lsp::testing

#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/lsp/support/meta_model.h"
#include "tests/lsp/support/wire.h"

namespace belay::lsp::testing {

using Json = nlohmann::json;

/// A language client for tests. Every message of the server is checked: its envelope, that it
/// answers an open request, and against the official meta model. So is every message of the client,
/// unless the test says that it plays a bad one; methods `belay/...` are nobody's.
class Client {
 public:
  explicit Client(Wire& wire) : wire_(wire) {}

  // --- sending

  int64_t send_request(const std::string& method, const Json& params);
  void notify(const std::string& method, const Json& params);
  void raw(std::string_view body) { wire_.send(body); }
  /// From here on it may send what no good client would.
  void behave_badly() { behaves_ = false; }

  // --- waiting; what does not come within ten seconds is a failure of the test

  /// The whole answer, with `result` or `error`.
  Json response(int64_t id);
  /// The same; none where it does not come in that time.
  std::optional<Json> response_within(int64_t id, std::chrono::milliseconds time);
  Json request(const std::string& method, const Json& params) {
    return response(send_request(method, params));
  }
  /// The result; the test fails where there is an error.
  Json result(const std::string& method, const Json& params);
  /// The params of the next notification of that method that fits; earlier ones are dropped.
  using Condition = std::function<bool(const Json& params)>;
  Json notification(const std::string& method, const Condition& fits = {});
  /// An answer without a readable id.
  Json response_without_id();
  /// Takes in what has come, and does not wait.
  void take_in_all();
  /// Takes in what comes during that time.
  void idle(std::chrono::milliseconds time);
  /// Whether such a notification came until now and was not taken.
  bool has_notification(const std::string& method) const;
  /// All that came until now and was not taken: methods and params.
  std::vector<std::pair<std::string, Json>> take_notifications() {
    return std::exchange(notifications_, {});
  }

  // --- answering

  using Answer = std::function<std::optional<Json>(const Json& params)>;
  /// How requests of the server are answered; null where nothing is said. None: not answered.
  void on_request(const std::string& method, Answer answer) {
    answers_[method] = std::move(answer);
  }
  /// Answers one that was not answered when it came.
  void answer_late(const Json& id, const Json& result);
  const Json& last_request_id() const { return last_request_id_; }
  /// The params of the requests that the server has made.
  const std::vector<Json>& requests_of(const std::string& method) { return requested_[method]; }

  // --- what most tests begin with

  /// What a good client declares; tests change it.
  static Json capabilities();
  Json initialize(const Json& params);
  /// With all capabilities, and a folder.
  Json initialize_in(const std::string& root);
  void open(const std::string& uri, const std::string& text, int64_t version = 1);
  void close(const std::string& uri);
  void change(const std::string& uri, int64_t version, const Json& changes);
  /// The diagnostics that are pushed for that version.
  Json diagnostics(const std::string& uri, std::optional<int64_t> version);

 private:
  std::optional<Json> take_in(std::chrono::milliseconds patience);
  void handle(const Json& message);
  void answer(const Json& message);
  void send(const Json& message);
  void report(const std::vector<std::string>& problems, const Json& message);

  Wire& wire_;
  bool behaves_ = true;
  int64_t next_id_ = 1;
  std::map<int64_t, std::string> open_;
  std::map<int64_t, Json> responses_;
  std::vector<Json> without_id_;
  std::vector<std::pair<std::string, Json>> notifications_;
  std::map<std::string, Answer> answers_;
  std::map<std::string, std::vector<Json>> requested_;
  std::map<std::string, std::string> methods_asked_;  ///< by ids of the server's requests
  Json last_request_id_;                              ///< of the server
};

/// The codes of diagnostics, in their order.
std::vector<std::string> codes(const Json& diagnostics);
Json position(uint32_t line, uint32_t character);
Json range(const Json& start, const Json& end);

}  // namespace belay::lsp::testing

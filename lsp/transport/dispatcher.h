#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lsp/log.h"
#include "lsp/trace.h"
#include "lsp/transport/connection.h"
#include "lsp/transport/message.h"

namespace belay::lsp {

class OpenRequests;

/// The duty to answer one request. Goes wherever the work goes, onto other threads too; the first
/// answer counts. A request whose last Reply is gone without an answer is answered with an internal
/// error, so that none stays open.
class Reply {
 public:
  struct State;
  explicit Reply(std::shared_ptr<State> state) : state_(std::move(state)) {}

  /// `json` is the result as JSON text.
  void result(std::string_view json) const;
  void error(ErrorCode code, std::string message) const;

  /// The client has taken the request back, and was told so: there is nothing left to do.
  bool cancelled() const;
  /// Called once, on the main thread, if the client takes the request back.
  void on_cancel(std::function<void()> callback) const;

  const std::string& method() const;
  /// What a trace calls the work on it.
  TraceLabel label() const;

 private:
  std::shared_ptr<State> state_;
};

/// JSON-RPC over an outbox: hands each message to whoever has taken its method on, matches answers
/// with the requests that we sent, and sees to it that every request is answered exactly once,
/// whatever a handler does. Used on the main thread, but for what `Reply` says.
class Dispatcher {
 public:
  using RequestHandler = std::function<void(const Json& params, Reply reply)>;
  using NotificationHandler = std::function<void(const Json& params)>;
  /// `result` is null where the client answered with an error.
  using ResponseHandler =
      std::function<void(const Json& result, const std::optional<ResponseError>& error)>;
  /// An error where a message of that method is not welcome now.
  using Gate = std::function<std::optional<ResponseError>(std::string_view method)>;

  /// `trace` may be null; it outlives the dispatcher and all replies.
  Dispatcher(Outbox& outbox, Log& log, Trace* trace = nullptr);
  ~Dispatcher();

  void on_request(std::string method, RequestHandler handler);
  void on_notification(std::string method, NotificationHandler handler);
  void set_gate(Gate gate) { gate_ = std::move(gate); }

  /// Takes in the body of a message.
  void receive(std::string_view body);
  /// Answers what could not even be cut into messages.
  void report_malformed(std::string_view what);

  /// `params` is a JSON text, or empty.
  void notify(std::string_view method, std::string_view params, std::string subject = {});
  void request(std::string_view method, std::string_view params, ResponseHandler handler);

 private:
  void handle(RequestMessage& message);
  void handle(NotificationMessage& message);
  void handle(ResponseMessage& message);
  void handle(InvalidMessage& message);
  void cancel(const Json& params);

  Outbox& outbox_;
  Log& log_;
  Trace* const trace_;
  Gate gate_;
  std::map<std::string, RequestHandler, std::less<>> requests_;
  std::map<std::string, NotificationHandler, std::less<>> notifications_;
  std::shared_ptr<OpenRequests> open_;
  int64_t next_id_ = 1;
  std::map<RequestId, ResponseHandler> sent_;
};

}  // namespace belay::lsp

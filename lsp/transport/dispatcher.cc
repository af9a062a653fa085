#include "lsp/transport/dispatcher.h"

#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

namespace belay::lsp {

/// The requests that are not answered yet, and the way to answer them. Replies know it weakly: what
/// is left over when the server ends is answered no more.
class OpenRequests {
 public:
  OpenRequests(Outbox& outbox, Log& log, Trace* trace)
      : outbox_(outbox), log_(log), trace_(trace) {}

  void add(const RequestId& id, std::weak_ptr<Reply::State> state) {
    const std::lock_guard lock(mutex_);
    open_[id] = std::move(state);
  }
  std::shared_ptr<Reply::State> find(const RequestId& id) {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(id);
    return found == open_.end() ? nullptr : found->second.lock();
  }
  bool is_open(const RequestId& id) {
    const std::lock_guard lock(mutex_);
    return open_.contains(id);
  }
  void close(const RequestId& id) {
    const std::lock_guard lock(mutex_);
    open_.erase(id);
  }
  void send(std::string text) { outbox_.send(std::move(text)); }
  Log& log() { return log_; }
  Trace* trace() { return trace_; }

 private:
  Outbox& outbox_;
  Log& log_;
  Trace* const trace_;
  std::mutex mutex_;
  std::map<RequestId, std::weak_ptr<Reply::State>> open_;
};

struct Reply::State {
  using Clock = std::chrono::steady_clock;

  State(std::weak_ptr<OpenRequests> requests, RequestId request_id, std::string request_method)
      : open(std::move(requests)), id(std::move(request_id)), method(std::move(request_method)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (!answered) {
      answer(error_text(id, {ErrorCode::kInternalError, "the request was not answered"}),
             "dropped");
    }
  }

  void answer(std::string text, std::string_view outcome) {
    if (answered.exchange(true)) return;
    const std::shared_ptr<OpenRequests> requests = open.lock();
    if (requests == nullptr) return;
    requests->close(id);
    requests->send(std::move(text));
    if (requests->trace() != nullptr) {
      std::string arguments;
      JsonWriter(arguments).member("outcome", outcome);
      requests->trace()->end("request", method, id.json, arguments);
    }
    if (!requests->log().shows(Log::Level::kInfo)) return;
    const std::chrono::duration<double, std::milli> took = Clock::now() - received;
    requests->log().info(method + " " + id.json + " " + std::string(outcome) + " " +
                         std::to_string(took.count()) + " ms");
  }

  const std::weak_ptr<OpenRequests> open;
  const RequestId id;
  const std::string method;
  const Clock::time_point received = Clock::now();
  std::atomic<bool> answered = false;
  std::atomic<bool> cancelled = false;
  std::function<void()> on_cancel;  ///< of the main thread
};

void Reply::result(std::string_view json) const {
  if (!state_->answered) state_->answer(response_text(state_->id, json), "ok");
}

void Reply::error(ErrorCode code, std::string message) const {
  const std::string outcome = "error " + std::to_string(static_cast<int32_t>(code));
  state_->answer(error_text(state_->id, {code, std::move(message)}), outcome);
}

bool Reply::cancelled() const { return state_->cancelled; }
void Reply::on_cancel(std::function<void()> callback) const {
  state_->on_cancel = std::move(callback);
}
const std::string& Reply::method() const { return state_->method; }
TraceLabel Reply::label() const { return {state_->method, state_->id.json}; }

Dispatcher::Dispatcher(Outbox& outbox, Log& log, Trace* trace)
    : outbox_(outbox),
      log_(log),
      trace_(trace),
      open_(std::make_shared<OpenRequests>(outbox, log, trace)) {
  on_notification("$/cancelRequest", [this](const Json& params) { cancel(params); });
}
Dispatcher::~Dispatcher() = default;

void Dispatcher::on_request(std::string method, RequestHandler handler) {
  requests_[std::move(method)] = std::move(handler);
}
void Dispatcher::on_notification(std::string method, NotificationHandler handler) {
  notifications_[std::move(method)] = std::move(handler);
}

void Dispatcher::receive(std::string_view body) {
  Message message = read_message(body);
  std::visit([this](auto& m) { handle(m); }, message);
}

void Dispatcher::report_malformed(std::string_view what) {
  InvalidMessage message{{}, {ErrorCode::kParseError, std::string(what)}};
  handle(message);
}

void Dispatcher::handle(RequestMessage& message) {
  if (open_->is_open(message.id)) {
    outbox_.send(error_text(message.id,
                            {ErrorCode::kInvalidRequest, "a request with this id is still open"}));
    return;
  }
  const auto state = std::make_shared<Reply::State>(open_, message.id, message.method);
  open_->add(message.id, state);
  if (trace_ != nullptr) trace_->begin("request", message.method, message.id.json);
  const Reply reply(state);
  if (gate_) {
    if (auto refused = gate_(message.method)) {
      return reply.error(refused->code, std::move(refused->message));
    }
  }
  const auto handler = requests_.find(message.method);
  if (handler == requests_.end()) {
    return reply.error(ErrorCode::kMethodNotFound, "unknown method " + message.method);
  }
  TraceSpan span(trace_, "main", message.method);
  span.note("id", message.id.json);
  try {
    handler->second(message.params, reply);
  } catch (const std::exception& error) {
    log_.error(message.method + ": " + error.what());
    reply.error(ErrorCode::kInternalError, error.what());
  }
}

void Dispatcher::handle(NotificationMessage& message) {
  const auto handler = notifications_.find(message.method);
  if (handler == notifications_.end()) {
    // Those that begin with `$/` may be ignored by anyone.
    if (!message.method.starts_with("$/")) log_.info("ignored notification " + message.method);
    return;
  }
  if (gate_ && gate_(message.method)) {
    return log_.info("too early or too late: notification " + message.method);
  }
  const TraceSpan span(trace_, "main", message.method);
  try {
    handler->second(message.params);
  } catch (const std::exception& error) {
    log_.error(message.method + ": " + error.what());
  }
}

void Dispatcher::handle(ResponseMessage& message) {
  const auto sent = sent_.find(message.id);
  if (sent == sent_.end()) return log_.info("an answer to no request of ours: " + message.id.json);
  const ResponseHandler handler = std::move(sent->second);
  sent_.erase(sent);
  if (!handler) return;
  try {
    handler(message.result, message.error);
  } catch (const std::exception& error) {
    log_.error(std::string("an answer could not be handled: ") + error.what());
  }
}

void Dispatcher::handle(InvalidMessage& message) {
  log_.warning("invalid message: " + message.error.message);
  outbox_.send(error_text(message.id, message.error));
}

void Dispatcher::cancel(const Json& params) {
  if (!params.is_object()) return;
  const auto id = params.find("id");
  if (id == params.end()) return;
  const std::shared_ptr<Reply::State> state =
      open_->find({id->dump(-1, ' ', false, Json::error_handler_t::replace)});
  if (state == nullptr) return;  // answered already
  state->cancelled = true;
  // The client is told first: what is called may find nothing better than another answer.
  state->answer(error_text(state->id, {ErrorCode::kRequestCancelled, "cancelled"}), "cancelled");
  if (state->on_cancel) std::exchange(state->on_cancel, nullptr)();
}

void Dispatcher::notify(std::string_view method, std::string_view params, std::string subject) {
  outbox_.send(notification_text(method, params), std::move(subject));
}

void Dispatcher::request(std::string_view method, std::string_view params,
                         ResponseHandler handler) {
  const int64_t id = next_id_++;
  sent_[RequestId{std::to_string(id)}] = std::move(handler);
  outbox_.send(request_text(id, method, params));
}

}  // namespace belay::lsp

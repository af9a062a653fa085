#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "lsp/transport/json.h"

namespace belay::lsp {

/// The error codes of JSON-RPC and of the Language Server Protocol that are used here.
enum class ErrorCode : int32_t {
  kParseError = -32700,
  kInvalidRequest = -32600,
  kMethodNotFound = -32601,
  kInvalidParams = -32602,
  kInternalError = -32603,
  kServerNotInitialized = -32002,
  kRequestFailed = -32803,
  kContentModified = -32801,
  kRequestCancelled = -32800,
  kServerCancelled = -32802,
};

struct ResponseError {
  ErrorCode code = ErrorCode::kInternalError;
  std::string message;
};

/// A number or a string, kept as the JSON text that goes back: `7`, `"a"`. `null` where the id of a
/// request could not be read.
struct RequestId {
  std::string json = "null";
  friend auto operator<=>(const RequestId&, const RequestId&) = default;
};

struct RequestMessage {
  RequestId id;
  std::string method;
  Json params;
};

struct NotificationMessage {
  std::string method;
  Json params;
};

/// The answer to a request of ours: `result`, or `error`.
struct ResponseMessage {
  RequestId id;
  Json result;
  std::optional<ResponseError> error;
};

/// What is no message: it is answered under `id`, as far as that could be read.
struct InvalidMessage {
  RequestId id;
  ResponseError error;
};

using Message = std::variant<RequestMessage, NotificationMessage, ResponseMessage, InvalidMessage>;

/// Reads the body of a message.
Message read_message(std::string_view body);

/// The bodies of messages that we send. `params` and `result` are JSON texts.
std::string request_text(int64_t id, std::string_view method, std::string_view params);
std::string notification_text(std::string_view method, std::string_view params);
std::string response_text(const RequestId& id, std::string_view result);
std::string error_text(const RequestId& id, const ResponseError& error);

}  // namespace belay::lsp

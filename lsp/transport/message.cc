#include "lsp/transport/message.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "lsp/transport/json_writer.h"

namespace belay::lsp {
namespace {

/// None where the id is neither a number nor a string.
std::optional<RequestId> read_id(const Json& id) {
  if (!id.is_number_integer() && !id.is_string()) return std::nullopt;
  return RequestId{id.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

InvalidMessage invalid(RequestId id, std::string why) {
  return {std::move(id), {ErrorCode::kInvalidRequest, std::move(why)}};
}

Json take(Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? Json() : std::move(*found);
}

ResponseError read_error(const Json& error) {
  ResponseError out;
  if (!error.is_object()) return out;
  if (const auto code = error.find("code"); code != error.end() && code->is_number_integer()) {
    out.code = static_cast<ErrorCode>(code->get<int32_t>());
  }
  if (const auto text = error.find("message"); text != error.end() && text->is_string()) {
    out.message = text->get<std::string>();
  }
  return out;
}

void begin_message(JsonWriter& writer) {
  writer.begin_object();
  writer.member("jsonrpc", "2.0");
}

}  // namespace

Message read_message(std::string_view body) {
  std::optional<Json> read = parse_json(body);
  if (!read) return InvalidMessage{{}, {ErrorCode::kParseError, "the message is no JSON"}};
  Json& json = *read;
  if (json.is_array()) return invalid({}, "batches are no part of the Language Server Protocol");
  if (!json.is_object()) return invalid({}, "the message is no object");
  const auto id = json.find("id");
  const auto method = json.find("method");
  std::optional<RequestId> known_id;
  if (id != json.end()) known_id = read_id(*id);
  if (method == json.end()) {
    if (!known_id) return invalid({}, "the message has neither a method nor an id");
    ResponseMessage out{*std::move(known_id), take(json, "result"), std::nullopt};
    const auto error = json.find("error");
    if (error != json.end() && !error->is_null()) out.error = read_error(*error);
    return out;
  }
  if (!method->is_string()) {
    return invalid(known_id.value_or(RequestId()), "the method is no string");
  }
  std::string name = method->get<std::string>();
  if (id == json.end()) return NotificationMessage{std::move(name), take(json, "params")};
  if (!known_id) return invalid({}, "the id is neither a number nor a string");
  return RequestMessage{*std::move(known_id), std::move(name), take(json, "params")};
}

std::string request_text(int64_t id, std::string_view method, std::string_view params) {
  std::string out;
  JsonWriter writer(out);
  begin_message(writer);
  writer.member("id", id);
  writer.member("method", method);
  if (!params.empty()) {
    writer.key("params");
    writer.raw(params);
  }
  writer.end_object();
  return out;
}

std::string notification_text(std::string_view method, std::string_view params) {
  std::string out;
  out.reserve(params.size() + method.size() + 64);
  JsonWriter writer(out);
  begin_message(writer);
  writer.member("method", method);
  if (!params.empty()) {
    writer.key("params");
    writer.raw(params);
  }
  writer.end_object();
  return out;
}

std::string response_text(const RequestId& id, std::string_view result) {
  std::string out;
  out.reserve(result.size() + 64);
  JsonWriter writer(out);
  begin_message(writer);
  writer.key("id");
  writer.raw(id.json);
  writer.key("result");
  writer.raw(result);
  writer.end_object();
  return out;
}

std::string error_text(const RequestId& id, const ResponseError& error) {
  std::string out;
  JsonWriter writer(out);
  begin_message(writer);
  writer.key("id");
  writer.raw(id.json);
  writer.key("error");
  writer.begin_object();
  writer.member("code", static_cast<int64_t>(error.code));
  writer.member("message", error.message);
  writer.end_object();
  writer.end_object();
  return out;
}

}  // namespace belay::lsp

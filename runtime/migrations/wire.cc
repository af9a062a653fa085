#include "runtime/migrations/wire.h"

#include <array>
#include <cstdlib>
#include <utility>

#include <belay/batches.h>

#include "analyzer/text/utf8.h"
#include "runtime/io/text_form.h"

namespace belay::runtime::wire {
namespace {

struct EngineWord {
  Engine engine;
  std::string_view word;
};
constexpr std::array kEngines = {
    EngineWord{Engine::kSqlite, "sqlite"}, EngineWord{Engine::kPostgres, "postgresql"},
    EngineWord{Engine::kMysql, "mysql"}, EngineWord{Engine::kMariadb, "mariadb"}};

Json advice_json(const GuardAdvice& advice) {
  return {{"guard", guard_name(advice.guard)}, {"reason", advice.reason}};
}

}  // namespace

std::string_view engine_word(Engine engine) {
  for (const EngineWord& entry : kEngines) {
    if (entry.engine == engine) return entry.word;
  }
  return "";
}

Engine engine_from(std::string_view word) {
  for (const EngineWord& entry : kEngines) {
    if (entry.word == word) return entry.engine;
  }
  return Engine::kSqlite;
}

Json to_json(const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return *number;
  if (const auto* real = std::get_if<double>(&value)) return {{"real", digits_of(*real)}};
  if (const auto* blob = std::get_if<Blob>(&value)) return {{"blob", hex_of(blob->bytes)}};
  if (const auto* text = std::get_if<std::string>(&value)) {
    return utf8::first_ill_formed(*text) ? Json{{"text", hex_of(*text)}} : Json(*text);
  }
  return nullptr;
}

Json to_json(std::span<const Value> values) {
  Json out = Json::array();
  for (const Value& value : values) out.push_back(to_json(value));
  return out;
}

Json to_json(const Rows& rows) {
  Json out = Json::array();
  for (const std::vector<Value>& row : rows.rows) out.push_back(to_json(std::span(row)));
  return {{"columns", rows.columns}, {"rows", std::move(out)}};
}

Json to_json(const Error& error) {
  return {{"message", error.message}, {"where", error.where}, {"hint", error.hint}};
}

Json to_json(const Batch& batch) {
  return {{"first", to_json(batch.first)},
          {"last", to_json(batch.last)},
          {"rows", batch.rows},
          {"number", batch.number},
          {"position", batch.position}};
}

Value value_from(const Json& json) {
  if (json.is_number_integer()) return json.get<int64_t>();
  if (json.is_string()) return json.get<std::string>();
  if (json.contains("real")) return std::strtod(text_at(json, "real").c_str(), nullptr);
  if (json.contains("blob")) return Blob{bytes_of_hex(text_at(json, "blob")).value_or("")};
  if (json.contains("text")) return bytes_of_hex(text_at(json, "text")).value_or("");
  return nullptr;
}

std::vector<Value> values_from(const Json& json) {
  std::vector<Value> out;
  if (!json.is_array()) return out;
  for (const Json& value : json) out.push_back(value_from(value));
  return out;
}

Rows rows_from(const Json& json) {
  Rows out;
  out.columns = texts_at(json, "columns");
  for (const Json& row : at(json, "rows")) out.rows.push_back(values_from(row));
  return out;
}

Error error_from(const Json& json) {
  return {text_at(json, "message"), text_at(json, "where"), text_at(json, "hint")};
}

Batch batch_from(const Json& json) {
  Batch out;
  out.first = value_from(at(json, "first"));
  out.last = value_from(at(json, "last"));
  out.rows = static_cast<uint64_t>(number_at(json, "rows"));
  out.number = static_cast<uint64_t>(number_at(json, "number"));
  out.position = text_at(json, "position");
  return out;
}

Json description_of(const MigrationScript& migration) {
  Json out = {{"version", migration.version},
              {"name", migration.name},
              {"id", migration.id},
              {"dependencies", migration.dependencies},
              {"in_transaction", migration.transaction},
              {"has_down", migration.down.has_value()},
              {"down_verdict", verdict_name(migration.down_advice.verdict)},
              {"down_reason", migration.down_advice.reason},
              {"path", migration.up.path},
              {"line", migration.up.line}};
  if (migration.up_touches) out["up_touches"] = advice_json(*migration.up_touches);
  if (const std::optional<BatchedProgram>& batched = migration.up.batched) {
    out["batches"] = {{"table", batched->table},
                      {"key", batched->key},
                      {"size", batched->size},
                      {"pause_ms", batched->pause.count()}};
  }
  return out;
}

MigrationScript migration_from(const Json& json) {
  MigrationScript out;
  out.version = text_at(json, "version");
  out.name = text_at(json, "name");
  out.id = text_at(json, "id");
  out.dependencies = texts_at(json, "dependencies");
  out.transaction = out.down_transaction = flag_at(json, "in_transaction");
  out.up.path = text_at(json, "path");
  out.up.line = static_cast<uint32_t>(number_at(json, "line"));
  if (const Json& batches = at(json, "batches"); batches.is_object()) {
    BatchedProgram& batched = out.up.batched.emplace();
    batched.table = text_at(batches, "table");
    batched.key = text_at(batches, "key");
    batched.size = static_cast<uint64_t>(number_at(batches, "size"));
    batched.pause = std::chrono::milliseconds(number_at(batches, "pause_ms"));
  }
  if (const Json& touches = at(json, "up_touches"); touches.is_object()) {
    out.up_touches = GuardAdvice{Guard::kDatabase, {}, {}, text_at(touches, "reason")};
  }
  if (!flag_at(json, "has_down")) return out;
  out.down = out.up;
  out.down->batched.reset();
  if (text_at(json, "down_verdict") == verdict_name(DownAdvice::Verdict::kExact)) {
    out.down_advice.verdict = DownAdvice::Verdict::kExact;
  }
  out.down_advice.reason = text_at(json, "down_reason");
  return out;
}

}  // namespace belay::runtime::wire

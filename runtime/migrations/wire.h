#pragma once

#include <string>
#include <string_view>

#include <belay/connection.h>
#include <belay/migration.h>

#include "runtime/io/json.h"

/// The language in which Belay and a program that holds C++ migrations talk: a JSON object on each
/// line. docs/cpp-migrations.md describes it.
namespace belay::runtime::wire {

constexpr int64_t kProtocol = 1;

/// NULL, whole numbers and texts as they are; `{"real": "1.5"}`, `{"blob": "00ff"}`, and
/// `{"text": "00ff"}` for what is no UTF-8.
Json to_json(const Value& value);
Json to_json(std::span<const Value> values);
Json to_json(const Rows& rows);
Json to_json(const Error& error);
Json to_json(const Batch& batch);

Value value_from(const Json& json);
std::vector<Value> values_from(const Json& json);
Rows rows_from(const Json& json);
Error error_from(const Json& json);
Batch batch_from(const Json& json);

/// All that is known of a migration without running it.
Json description_of(const MigrationScript& migration);
/// The same again; its programs are the caller's to set.
MigrationScript migration_from(const Json& json);

/// The engine's name in the protocol: `sqlite`, `postgresql`, `mysql`, `mariadb`.
std::string_view engine_word(Engine engine);
Engine engine_from(std::string_view word);

}  // namespace belay::runtime::wire

#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

/// JSON without exceptions: reading never throws, and what is missing or of another kind is empty.
namespace belay::runtime {

using Json = nlohmann::json;

/// null where `text` is no JSON.
Json parse_json(std::string_view text);
/// On one line. Bytes that are not UTF-8 come out as U+FFFD.
std::string dump_json(const Json& json);

std::string text_at(const Json& object, const char* key);
int64_t number_at(const Json& object, const char* key);
bool flag_at(const Json& object, const char* key);
/// The texts of the array at `key`; what is none is left out.
std::vector<std::string> texts_at(const Json& object, const char* key);
/// The value at `key`; null where there is none.
const Json& at(const Json& object, const char* key);

}  // namespace belay::runtime

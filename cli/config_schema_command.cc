// The JSON schema of belay.toml, for editors that complete and check TOML by one. It is made from
// the table that the configuration is read by.
#include <iostream>
#include <nlohmann/json.hpp>

#include "analyzer/project/config_schema.h"
#include "analyzer/rules/rule.h"
#include "analyzer/rules/settings.h"
#include "cli/command.h"

namespace belay::cli {
namespace {

using project::ConfigKey;
using project::ConfigType;
using SchemaJson = nlohmann::ordered_json;

SchemaJson string_list(const ConfigKey& key) {
  SchemaJson text = {{"type", "string"}};
  if (!key.allowed.empty()) text["enum"] = key.allowed;
  return {{"anyOf", {text, {{"type", "array"}, {"items", text}}}}};
}

SchemaJson schema_of(const ConfigKey& key) {
  switch (key.type) {
    case ConfigType::kString:
    case ConfigType::kUrl: return {{"type", "string"}};
    case ConfigType::kBool: return {{"type", "boolean"}};
    case ConfigType::kCount: return {{"type", "integer"}, {"minimum", 1}};
    case ConfigType::kStringList: return string_list(key);
    case ConfigType::kVersion:
      return {{"anyOf", {{{"type", "string"}}, {{"type", "integer"}, {"minimum", 1}}}}};
    case ConfigType::kDuration: return {{"type", "string"}, {"pattern", "^([0-9]+ *[smhd]|off)$"}};
    case ConfigType::kTable: return {{"type", "object"}, {"additionalProperties", false}};
    case ConfigType::kChoice: break;
  }
  std::vector<std::string_view> allowed = key.allowed;
  // Short forms are understood; an editor need not complain of them.
  if (key.name == "dialect") allowed.insert(allowed.end(), {"postgres", "pg", "sqlite3"});
  return {{"type", "string"}, {"enum", allowed}};
}

/// The object that the keys of a table stand in: `a.b`, where `*` is any name.
SchemaJson& table_at(SchemaJson& root, std::string_view table) {
  SchemaJson* at = &root;
  while (!table.empty()) {
    const size_t dot = table.find('.');
    const std::string name(table.substr(0, dot));
    table = dot == std::string_view::npos ? std::string_view() : table.substr(dot + 1);
    SchemaJson& next = name == "*" ? (*at)["additionalProperties"] : (*at)["properties"][name];
    if (!next.is_object()) next = {{"type", "object"}, {"additionalProperties", false}};
    at = &next;
  }
  return *at;
}

/// A rule's severity alone, or with its options.
SchemaJson rule_schema(const project::KnownRule& rule, const SchemaJson& severity) {
  SchemaJson properties = {{"severity", severity}};
  for (const std::string_view option : rule.options) {
    properties[std::string(option)] = SchemaJson::object();
  }
  const SchemaJson table = {
      {"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
  const rules::Descriptor& descriptor = *rules::all_rules()[*rules::rule_index(rule.id)].descriptor;
  return {{"description", descriptor.title}, {"anyOf", {severity, table}}};
}

SchemaJson config_json_schema() {
  SchemaJson out = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                    {"title", "belay.toml"},
                    {"description", "The configuration of Belay"},
                    {"type", "object"},
                    {"properties", SchemaJson::object()},
                    {"additionalProperties", false}};
  for (const ConfigKey& key : project::config_keys()) {
    SchemaJson schema = schema_of(key);
    schema["description"] = key.doc;
    if (!key.default_text.empty()) {
      schema["description"] =
          std::string(key.doc) + "\n\nDefault: " + std::string(key.default_text);
    }
    SchemaJson& table = table_at(out, key.table);
    if (key.table == "rules" && key.name == "*") {
      const SchemaJson severity = {{"type", "string"}, {"enum", key.allowed}};
      for (const project::KnownRule& rule : rules::known_rules()) {
        table["properties"][std::string(rule.id)] = rule_schema(rule, severity);
      }
    } else if (key.name == "*") {
      table["additionalProperties"] = schema;
    } else {
      // The head of a table may come behind what stands in it.
      SchemaJson& own = table["properties"][std::string(key.name)];
      if (!own.is_object()) own = SchemaJson::object();
      own.update(schema);
    }
  }
  return out;
}

int run(const Arguments&) {
  std::cout << config_json_schema().dump(2) << '\n';
  return kClean;
}

}  // namespace

Command config_schema_command() {
  return {"config-schema", "Print the JSON schema of belay.toml, for editors", {}, run};
}

}  // namespace belay::cli

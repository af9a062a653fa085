#include <string>

#include "analyzer/project/config_schema.h"

namespace belay::project {
namespace {

std::string type_text(const ConfigKey& key) {
  switch (key.type) {
    case ConfigType::kString:
    case ConfigType::kUrl: return "string";
    case ConfigType::kBool: return "`true` or `false`";
    case ConfigType::kCount: return "whole number from 1";
    case ConfigType::kStringList: return "string or list of strings";
    case ConfigType::kVersion: return "string or whole number";
    case ConfigType::kDuration: return "a number and `s`, `m`, `h` or `d`, or `\"off\"`";
    case ConfigType::kTable: return "table";
    case ConfigType::kChoice: break;
  }
  std::string out;
  for (const std::string_view value : key.allowed) {
    if (!out.empty()) out += ", ";
    out += "`\"" + std::string(value) + "\"`";
  }
  return out;
}

std::string heading(std::string_view table, std::string_view name) {
  std::string full =
      table.empty() ? std::string(name) : std::string(table) + "." + std::string(name);
  for (size_t star = full.find('*'); star != std::string::npos; star = full.find('*')) {
    full.replace(star, 1, full.starts_with("rules") ? "RULE" : "NAME");
  }
  return full;
}

}  // namespace

std::string config_reference() {
  std::string out;
  for (const ConfigKey& key : config_keys()) {
    if (!out.empty()) out += "\n";
    if (key.type == ConfigType::kTable) {
      out += "### `[" + std::string(key.name) + "]`\n\n" + std::string(key.doc) + "\n";
      continue;
    }
    out += "### `" + heading(key.table, key.name) + "`\n\n";
    out += std::string(key.doc) + "\n\n";
    out += "- Value: " + type_text(key) + "\n";
    out += "- Default: " + std::string(key.default_text) + "\n";
  }
  return out;
}

}  // namespace belay::project

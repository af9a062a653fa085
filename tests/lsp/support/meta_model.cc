#include "tests/lsp/support/meta_model.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace belay::lsp::testing {
namespace {

using Json = MetaModel::Json;
using Problems = MetaModel::Problems;

std::map<std::string, Json> by(const Json& list, const char* key) {
  std::map<std::string, Json> out;
  for (const Json& item : list) out[item.at(key).get<std::string>()] = item;
  return out;
}

void add(Problems& out, Problems more) {
  out.insert(out.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Problems wrong(const std::string& at, const std::string& expected, const Json& value) {
  std::string shown = value.dump();
  constexpr size_t kMost = 120;
  if (shown.size() > kMost) shown = shown.substr(0, kMost) + "...";
  return {at + " should be " + expected + ", but is " + shown};
}

}  // namespace

const MetaModel* MetaModel::installed() {
  static const std::unique_ptr<MetaModel> kModel = [] {
    const char* named = std::getenv("BELAY_LSP_METAMODEL");
    std::ifstream file(named != nullptr ? named : BELAY_LSP_METAMODEL);
    return file ? std::make_unique<MetaModel>(Json::parse(file)) : nullptr;
  }();
  return kModel.get();
}

MetaModel::MetaModel(Json model)
    : model_(std::move(model)),
      structures_(by(model_.at("structures"), "name")),
      enumerations_(by(model_.at("enumerations"), "name")),
      aliases_(by(model_.at("typeAliases"), "name")),
      requests_(by(model_.at("requests"), "method")),
      notifications_(by(model_.at("notifications"), "method")) {}

Problems MetaModel::check_params(const std::string& method, const Json& message,
                                 Sender sender) const {
  const auto& known = message.contains("id") ? requests_ : notifications_;
  const auto found = known.find(method);
  if (found == known.end()) return {"unknown method " + method};
  const char* wrong_way = sender == Sender::kClient ? "serverToClient" : "clientToServer";
  if (found->second.at("messageDirection") == wrong_way) {
    return {method + " is not for this side to send"};
  }
  const bool has_params = message.contains("params");
  if (!found->second.contains("params")) {
    return has_params ? Problems{method + " takes no params"} : Problems{};
  }
  if (!has_params) return {method + " needs params"};
  return check(message.at("params"), found->second.at("params"), method);
}

Problems MetaModel::check_response(const std::string& method, const Json& message) const {
  if (message.contains("error")) {
    const Json& error = message.at("error");
    if (message.contains("result")) return {method + ": both a result and an error"};
    if (!error.at("code").is_number_integer() || !error.at("message").is_string()) {
      return {method + ": no well-formed error"};
    }
    return {};
  }
  if (!message.contains("result")) return {method + ": neither a result nor an error"};
  const auto found = requests_.find(method);
  if (found == requests_.end()) return {"a result for the unknown method " + method};
  return check(message.at("result"), found->second.at("result"), method + " result");
}

Problems MetaModel::check(const Json& value, const std::string& type_name) const {
  return check_reference(value, type_name, type_name);
}

std::string MetaModel::name_in(const std::string& enumeration, const Json& value) const {
  for (const Json& one : enumerations_.at(enumeration).at("values")) {
    if (one.at("value") == value) return one.at("name").get<std::string>();
  }
  throw std::runtime_error("no " + enumeration + " is " + value.dump());
}

Problems MetaModel::check(const Json& value, const Json& type, const std::string& at) const {
  const std::string kind = type.at("kind").get<std::string>();
  Problems out;
  if (kind == "base") return check_base(value, type.at("name").get<std::string>(), at);
  if (kind == "reference") return check_reference(value, type.at("name").get<std::string>(), at);
  if (kind == "stringLiteral") {
    return value == type.at("value") ? out : wrong(at, type.at("value").dump(), value);
  }
  if (kind == "array") {
    if (!value.is_array()) return wrong(at, "an array", value);
    for (size_t i = 0; i < value.size(); ++i) {
      add(out, check(value[i], type.at("element"), at + "[" + std::to_string(i) + "]"));
    }
  } else if (kind == "map") {
    if (!value.is_object()) return wrong(at, "an object", value);
    for (const auto& [key, member] : value.items()) {
      add(out, check(Json(key), type.at("key"), at + " key"));
      add(out, check(member, type.at("value"), at + "." + key));
    }
  } else if (kind == "tuple") {
    if (!value.is_array() || value.size() != type.at("items").size()) {
      return wrong(at, "a tuple", value);
    }
    for (size_t i = 0; i < value.size(); ++i) {
      add(out, check(value[i], type.at("items")[i], at + "[" + std::to_string(i) + "]"));
    }
  } else if (kind == "or") {
    Problems nearest;
    for (const Json& item : type.at("items")) {
      Problems problems = check(value, item, at);
      if (problems.empty()) return {};
      if (nearest.empty() || problems.size() < nearest.size()) nearest = std::move(problems);
    }
    return nearest;
  } else if (kind == "and") {
    std::vector<Json> properties;
    for (const Json& item : type.at("items")) {
      for (Json& p : properties_of(item.at("name").get<std::string>())) properties.push_back(p);
    }
    return check_properties(value, properties, at);
  } else if (kind == "literal") {
    return check_properties(value, type.at("value").at("properties").get<std::vector<Json>>(), at);
  } else {
    return {at + ": the model has a kind that is not checked: " + kind};
  }
  return out;
}

Problems MetaModel::check_base(const Json& value, const std::string& name,
                               const std::string& at) const {
  constexpr int64_t kMostInteger = 2147483647;
  const auto is_integer = [&](int64_t least) {
    return value.is_number_integer() && value.get<int64_t>() >= least &&
           value.get<int64_t>() <= kMostInteger;
  };
  bool fits = false;
  if (name == "string" || name == "RegExp") fits = value.is_string();
  if (name == "URI" || name == "DocumentUri") {
    fits = value.is_string() && value.get<std::string>().find(':') != std::string::npos;
  }
  if (name == "integer") fits = is_integer(-kMostInteger - 1);
  if (name == "uinteger") fits = is_integer(0);
  if (name == "decimal") fits = value.is_number();
  if (name == "boolean") fits = value.is_boolean();
  if (name == "null") fits = value.is_null();
  return fits ? Problems{} : wrong(at, name, value);
}

Problems MetaModel::check_reference(const Json& value, const std::string& name,
                                    const std::string& at) const {
  if (name == "LSPAny" || name == "LSPObject" || name == "LSPArray") return {};
  if (const auto alias = aliases_.find(name); alias != aliases_.end()) {
    return check(value, alias->second.at("type"), at);
  }
  if (const auto found = enumerations_.find(name); found != enumerations_.end()) {
    const Json& e = found->second;
    if (e.value("supportsCustomValues", false)) return check(value, e.at("type"), at);
    const bool known = std::any_of(e.at("values").begin(), e.at("values").end(),
                                   [&](const Json& v) { return v.at("value") == value; });
    return known ? Problems{} : wrong(at, "a " + name, value);
  }
  return check_properties(value, properties_of(name), at);
}

std::vector<Json> MetaModel::properties_of(const std::string& structure) const {
  const Json& s = structures_.at(structure);
  auto out = s.at("properties").get<std::vector<Json>>();
  for (const char* list : {"extends", "mixins"}) {
    if (!s.contains(list)) continue;
    for (const Json& base : s.at(list)) {
      for (Json& p : properties_of(base.at("name").get<std::string>())) out.push_back(std::move(p));
    }
  }
  return out;
}

Problems MetaModel::check_properties(const Json& value, const std::vector<Json>& properties,
                                     const std::string& at) const {
  if (!value.is_object()) return wrong(at, "an object", value);
  Problems out;
  std::set<std::string> known;
  for (const Json& property : properties) {
    const std::string name = property.at("name").get<std::string>();
    known.insert(name);
    if (value.contains(name)) {
      add(out, check(value.at(name), property.at("type"), at + "." + name));
    } else if (!property.value("optional", false)) {
      out.push_back(at + " lacks " + name);
    }
  }
  for (const auto& [name, member] : value.items()) {
    if (!known.contains(name)) out.push_back(at + " has the unknown property " + name);
  }
  return out;
}

}  // namespace belay::lsp::testing

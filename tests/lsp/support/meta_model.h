#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace belay::lsp::testing {

/// The official description of the Language Server Protocol, `metaModel.json`, and a check of
/// messages against it: types, properties that must be there, properties that nobody knows, values
/// of enumerations, alternatives.
class MetaModel {
 public:
  using Json = nlohmann::json;
  using Problems = std::vector<std::string>;

  /// The model that BELAY_LSP_METAMODEL names, in the environment or at configuration; null where
  /// it names none. Read once.
  static const MetaModel* installed();

  explicit MetaModel(Json model);

  enum class Sender : uint8_t { kClient, kServer };
  /// What is wrong with a notification or request, that of a method which only the other side sends
  /// among it.
  Problems check_params(const std::string& method, const Json& message, Sender sender) const;
  /// What is wrong with the answer to a request of that method.
  Problems check_response(const std::string& method, const Json& message) const;

  /// What is wrong with `value` as one of the model's types.
  Problems check(const Json& value, const std::string& type_name) const;

  /// What an enumeration calls a value; throws where it has none such.
  std::string name_in(const std::string& enumeration, const Json& value) const;

 private:
  Problems check(const Json& value, const Json& type, const std::string& at) const;
  Problems check_base(const Json& value, const std::string& name, const std::string& at) const;
  Problems check_reference(const Json& value, const std::string& name, const std::string& at) const;
  Problems check_properties(const Json& value, const std::vector<Json>& properties,
                            const std::string& at) const;
  std::vector<Json> properties_of(const std::string& structure) const;

  Json model_;
  std::map<std::string, Json> structures_;
  std::map<std::string, Json> enumerations_;
  std::map<std::string, Json> aliases_;
  std::map<std::string, Json> requests_;
  std::map<std::string, Json> notifications_;
};

}  // namespace belay::lsp::testing

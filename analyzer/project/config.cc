#include "analyzer/project/config.h"

#include <algorithm>
#include <string>
#include <utility>

#include "analyzer/project/config_schema.h"
#include "analyzer/project/duration.h"
#include "analyzer/project/nearest.h"
#include "analyzer/project/quoted.h"
#include "analyzer/project/toml_document.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

using ValueKind = TomlValue::Kind;

/// `` `a`, `b` or `c` ``
std::string alternatives(std::span<const std::string_view> names) {
  std::string out;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += quoted(names[i]);
  }
  return out;
}

/// `[database]`, `[environments.NAME]`: a table as people write it.
std::string table_title(std::string_view table) {
  if (table.empty()) return "the top of the file";
  std::string out(table);
  if (out.ends_with("*")) out.replace(out.size() - 1, 1, "NAME");
  return "`[" + out + "]`";
}

/// Where the password of a connection address stands in the open, if it does: behind `user:` in
/// `scheme://user:password@host`, or behind `password=` in a query or a list of settings.
std::optional<ByteRange> literal_password(std::string_view url) {
  const auto hidden = [](std::string_view password) {
    return password.empty() || password.find("${") != std::string_view::npos;
  };
  if (const size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    const size_t begin = scheme + 3;
    const size_t authority_end = std::min(url.find_first_of("/?#", begin), url.size());
    // The last @ ends the password: one inside it ought to be escaped, and often is not.
    const size_t at = url.substr(0, authority_end).rfind('@');
    const size_t colon = url.find(':', begin);
    if (at != std::string_view::npos && at > begin && colon < at) {
      if (!hidden(url.substr(colon + 1, at - colon - 1))) {
        return ByteRange{static_cast<uint32_t>(colon + 1), static_cast<uint32_t>(at)};
      }
    }
  }
  for (const std::string_view setting : {"password=", "passwd=", "pwd="}) {
    for (size_t i = 0; i + setting.size() <= url.size(); ++i) {
      const bool begins_word =
          i == 0 || std::string_view("?&; ").find(url[i - 1]) != std::string_view::npos;
      if (!begins_word || !ascii::starts_with_ignoring_case(url.substr(i), setting)) continue;
      const size_t begin = i + setting.size();
      const size_t end = std::min(url.find_first_of("&; ", begin), url.size());
      if (!hidden(url.substr(begin, end - begin))) {
        return ByteRange{static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
      }
    }
  }
  return std::nullopt;
}

/// Takes a document's values into a `Config`, by the table of keys.
class Reader {
 public:
  Reader(std::string_view text, std::span<const KnownRule> rules) : text_(text), rules_(rules) {}

  ConfigReading read(const std::string& path) {
    reading_.config.path = path;
    const TomlDocument document = parse_toml(text_);
    if (document.error) {
      error(document.error_range, *document.error);
      return std::move(reading_);
    }
    for (const TomlEntry& entry : document.root.entries) root_entry(entry);
    check_version_has_dialect(document.root);
    check_default_environment(document.root);
    std::stable_sort(reading_.problems.begin(), reading_.problems.end(),
                     [](const ConfigProblem& a, const ConfigProblem& b) {
                       return a.range.begin < b.range.begin;
                     });
    return std::move(reading_);
  }

 private:
  Config& config() { return reading_.config; }

  void error(ByteRange range, std::string message) {
    reading_.problems.push_back({ConfigProblem::Severity::kError, range, std::move(message)});
  }
  void warning(ByteRange range, std::string message) {
    reading_.problems.push_back({ConfigProblem::Severity::kWarning, range, std::move(message)});
  }
  void wrong_type(const TomlEntry& entry, std::string_view wanted) {
    error(entry.value.range, quoted(entry.key) + " must be " + std::string(wanted) + ", not " +
                                 std::string(toml_kind_name(entry.value.kind)));
  }

  static const ConfigKey* find_key(std::string_view table, std::string_view name) {
    for (const ConfigKey& key : config_keys()) {
      if (key.table == table && key.name == name) return &key;
    }
    return nullptr;
  }

  void unknown_key(std::string_view table, const TomlEntry& entry) {
    std::vector<std::string_view> known;
    std::string elsewhere;
    for (const ConfigKey& key : config_keys()) {
      if (key.table == table) known.push_back(key.name);
      if (key.name != entry.key) continue;
      elsewhere += (elsewhere.empty() ? "; it belongs in " : " or ") + table_title(key.table);
    }
    error(entry.key_range, "unknown key " + quoted(entry.key) +
                               (elsewhere.empty() ? did_you_mean(entry.key, known) : elsewhere));
  }

  void root_entry(const TomlEntry& entry) {
    const ConfigKey* key = find_key("", entry.key);
    if (key == nullptr) return unknown_key("", entry);
    if (key->type != ConfigType::kTable) return value(*key, entry);
    if (entry.value.kind != ValueKind::kTable) return wrong_type(entry, "a table");
    if (entry.key == "environments") {
      for (const TomlEntry& environment : entry.value.entries) read_environment(environment);
    } else if (entry.key == "rules") {
      for (const TomlEntry& rule : entry.value.entries) read_rule(rule);
    } else {
      for (const TomlEntry& inner : entry.value.entries) {
        const ConfigKey* inner_key = find_key(entry.key, inner.key);
        if (inner_key == nullptr) {
          unknown_key(entry.key, inner);
        } else if (inner_key->type == ConfigType::kTable) {
          read_validations(inner);
        } else {
          value(*inner_key, inner);
        }
      }
    }
  }

  /// A value that goes where its key says.
  void value(const ConfigKey& key, const TomlEntry& entry) {
    switch (key.type) {
      case ConfigType::kString:
      case ConfigType::kUrl:
        if (const auto text = string(key.type, entry)) {
          (key.string != nullptr ? config().*key.string : config().session.*key.session_string) =
              *text;
        }
        break;
      case ConfigType::kChoice:
        choice(key, entry,
               [&](std::string_view chosen) { return key.store_choice(config(), chosen); });
        break;
      case ConfigType::kBool:
        if (entry.value.kind != ValueKind::kBool) return wrong_type(entry, "true or false");
        (key.flag != nullptr ? config().*key.flag : config().session.*key.session_flag) =
            entry.value.boolean;
        break;
      case ConfigType::kCount: count(key, entry); break;
      case ConfigType::kStringList: string_list(key, entry); break;
      case ConfigType::kVersion: version(entry); break;
      case ConfigType::kDuration: duration(key, entry); break;
      case ConfigType::kTable: break;
    }
  }

  std::optional<std::string> string(ConfigType type, const TomlEntry& entry) {
    if (entry.value.kind != ValueKind::kString) {
      wrong_type(entry, "a string");
      return std::nullopt;
    }
    if (type == ConfigType::kUrl) check_password(entry.value);
    return entry.value.string;
  }

  template <class Store>
  void choice(const ConfigKey& key, const TomlEntry& entry, const Store& store) {
    if (entry.value.kind != ValueKind::kString) {
      return wrong_type(entry, "a string, one of " + alternatives(key.allowed));
    }
    if (store(entry.value.string)) return;
    const std::string guess = did_you_mean(entry.value.string, key.allowed);
    error(entry.value.range,
          "unknown " + std::string(key.name) + " " + quoted(entry.value.string) +
              (guess.empty() ? "; it is one of " + alternatives(key.allowed) : guess));
  }

  void string_list(const ConfigKey& key, const TomlEntry& entry) {
    std::vector<std::string>& list =
        key.list != nullptr ? config().*key.list : config().session.*key.session_list;
    if (entry.value.kind == ValueKind::kString) {
      if (is_right_in(key, entry.value)) list = {entry.value.string};
      return;
    }
    if (entry.value.kind != ValueKind::kArray)
      return wrong_type(entry, "a string or a list of strings");
    for (const TomlValue& item : entry.value.items) {
      if (item.kind == ValueKind::kString) {
        if (is_right_in(key, item)) list.push_back(item.string);
      } else {
        error(item.range, quoted(entry.key) + " is a list of strings; this is " +
                              std::string(toml_kind_name(item.kind)));
      }
    }
  }

  /// Whether a string may stand in the list of that key; tells of it where it may not.
  bool is_right_in(const ConfigKey& key, const TomlValue& item) {
    if (key.mistake_in != nullptr) {
      if (std::string mistake = key.mistake_in(item.string); !mistake.empty()) {
        error(item.range, std::move(mistake));
        return false;
      }
    }
    if (key.allowed.empty() ||
        std::find(key.allowed.begin(), key.allowed.end(), item.string) != key.allowed.end()) {
      return true;
    }
    // The key says what all of them are.
    const std::string_view one = key.name.substr(0, key.name.size() - 1);
    const std::string guess = did_you_mean(item.string, key.allowed);
    error(item.range, "unknown " + std::string(one) + " " + quoted(item.string) +
                          (guess.empty() ? "; it is one of " + alternatives(key.allowed) : guess));
    return false;
  }

  void duration(const ConfigKey& key, const TomlEntry& entry) {
    if (entry.value.kind != ValueKind::kString) {
      return wrong_type(entry, "a string such as `\"24h\"`");
    }
    std::optional<std::chrono::seconds>& place = config().*key.duration;
    if (entry.value.string == "off") {
      place.reset();
    } else if (const auto read = parse_duration(entry.value.string)) {
      place = read;
    } else {
      error(entry.value.range,
            "this is no span of time; write a whole number and its unit, as in `\"90s\"`, "
            "`\"30m\"`, `\"24h\"` or `\"7d\"`, or `\"off\"`");
    }
  }

  void count(const ConfigKey& key, const TomlEntry& entry) {
    if (entry.value.kind != ValueKind::kInteger) return wrong_type(entry, "a whole number");
    if (entry.value.integer < 1) return error(entry.value.range, "this must be at least 1");
    config().session.*key.session_count = entry.value.integer;
  }

  void read_validations(const TomlEntry& entry) {
    if (entry.value.kind != ValueKind::kTable) {
      return error(entry.value.range,
                   "write `[session.validations]` and below it a name for each query");
    }
    for (const TomlEntry& inner : entry.value.entries) {
      if (const auto sql = string(ConfigType::kString, inner)) {
        config().session.validations.push_back({inner.key, *sql});
      }
    }
  }

  void version(const TomlEntry& entry) {
    if (entry.value.kind == ValueKind::kInteger) {
      config().version = parse_version(std::to_string(entry.value.integer));
    } else if (entry.value.kind == ValueKind::kString) {
      config().version = parse_version(entry.value.string);
    } else if (entry.value.kind == ValueKind::kFloat) {
      const std::string written(entry.value.range.of(text_));
      return error(entry.value.range, "write the version as a string, `\"" + written +
                                          "\"`: as a number, 3.40 and 3.4 are the same");
    } else {
      return wrong_type(entry, "a string such as `\"15\"` or `\"3.40\"`");
    }
    if (!config().version) {
      error(entry.value.range,
            "this is no version; write one to three numbers, such as `\"15\"` or `\"3.40.1\"`");
    }
  }

  void read_environment(const TomlEntry& entry) {
    if (entry.value.kind != ValueKind::kTable) {
      return error(entry.value.range, "an environment is a table: write `[environments." +
                                          entry.key + "]` and its keys below");
    }
    Environment environment;
    environment.name = entry.key;
    for (const TomlEntry& inner : entry.value.entries) {
      const ConfigKey* key = find_key("environments.*", inner.key);
      if (key == nullptr) {
        unknown_key("environments.*", inner);
      } else if (key->store_environment != nullptr) {
        choice(*key, inner,
               [&](std::string_view value) { return key->store_environment(environment, value); });
      } else if (const auto text = string(key->type, inner)) {
        environment.url = *text;
      }
    }
    check_production_confirms(environment, entry.value);
    config().environments.push_back(std::move(environment));
  }

  void check_production_confirms(Environment& environment, const TomlValue& table) {
    if (environment.effective_kind() != EnvironmentKind::kProduction) return;
    if (environment.confirm != ConfirmWhen::kNever) return;
    environment.confirm.reset();
    error(table.find("confirm")->value.range,
          "a production environment is never without confirmation; say `\"data-loss\"` or "
          "`\"always\"`");
  }

  void read_rule(const TomlEntry& entry) {
    const auto rule = std::find_if(rules_.begin(), rules_.end(),
                                   [&](const KnownRule& known) { return known.id == entry.key; });
    if (!rules_.empty() && rule == rules_.end()) {
      std::vector<std::string_view> ids;
      for (const KnownRule& known : rules_) ids.push_back(known.id);
      return error(entry.key_range,
                   "unknown rule " + quoted(entry.key) + did_you_mean(entry.key, ids));
    }
    RuleSetting setting;
    setting.range = entry.key_range;
    if (entry.value.kind == ValueKind::kString) {
      setting.severity = severity(entry.value);
    } else if (entry.value.kind == ValueKind::kTable) {
      const KnownRule* known = rules_.empty() ? nullptr : &*rule;
      for (const TomlEntry& inner : entry.value.entries)
        rule_entry(entry.key, known, inner, setting);
    } else {
      return wrong_type(entry, "a severity or a table of options");
    }
    config().rules[entry.key] = std::move(setting);
  }

  void rule_entry(std::string_view rule, const KnownRule* known, const TomlEntry& entry,
                  RuleSetting& setting) {
    if (entry.key == "severity") {
      if (entry.value.kind != ValueKind::kString) return wrong_type(entry, "a string");
      setting.severity = severity(entry.value);
      return;
    }
    if (known != nullptr && std::find(known->options.begin(), known->options.end(), entry.key) ==
                                known->options.end()) {
      std::vector<std::string_view> options = known->options;
      options.push_back("severity");
      return error(entry.key_range, "rule " + quoted(rule) + " has no option " + quoted(entry.key) +
                                        did_you_mean(entry.key, options));
    }
    if (auto option = option_value(entry)) setting.options[entry.key] = std::move(*option);
  }

  std::optional<std::string> severity(const TomlValue& value) {
    const std::vector<std::string_view>& allowed = find_key("rules", "*")->allowed;
    if (std::find(allowed.begin(), allowed.end(), value.string) != allowed.end()) {
      return value.string;
    }
    const std::string guess = did_you_mean(value.string, allowed);
    error(value.range, "unknown severity " + quoted(value.string) +
                           (guess.empty() ? "; it is one of " + alternatives(allowed) : guess));
    return std::nullopt;
  }

  std::optional<OptionValue> option_value(const TomlEntry& entry) {
    switch (entry.value.kind) {
      case ValueKind::kString: return entry.value.string;
      case ValueKind::kInteger: return entry.value.integer;
      case ValueKind::kBool: return entry.value.boolean;
      case ValueKind::kArray: {
        std::vector<std::string> list;
        for (const TomlValue& item : entry.value.items) {
          if (item.kind != ValueKind::kString) {
            error(item.range, "an option's list holds strings; this is " +
                                  std::string(toml_kind_name(item.kind)));
            return std::nullopt;
          }
          list.push_back(item.string);
        }
        return list;
      }
      default:
        wrong_type(entry, "a string, a whole number, true, false or a list of strings");
        return std::nullopt;
    }
  }

  void check_password(const TomlValue& value) {
    const auto password = literal_password(value.string);
    if (!password) return;
    // The value's place is the literal with its quotes. Where the literal is the string letter by
    // letter, the password has a place of its own.
    ByteRange range = value.range;
    if (value.range.size() == value.string.size() + 2) {
      range = password->shifted(value.range.begin + 1);
    }
    warning(range,
            "a password stands here in the open; put it in the environment: `${DB_PASSWORD}`");
  }

  void check_version_has_dialect(const TomlValue& root) {
    const TomlEntry* version = root.find("version");
    if (version == nullptr || root.find("dialect") != nullptr) return;
    warning(version->key_range,
            "`version` without `dialect`: it will count for whatever engine "
            "is found; say which one it is meant for");
  }

  void check_default_environment(const TomlValue& root) {
    const std::string& name = config().default_environment;
    const TomlEntry* entry = root.find("default_environment");
    if (entry == nullptr || name.empty()) return;
    std::vector<std::string_view> names;
    for (const Environment& environment : config().environments) names.push_back(environment.name);
    if (std::find(names.begin(), names.end(), name) != names.end()) return;
    error(entry->value.range,
          "there is no `[environments." + name + "]`" + did_you_mean(name, names));
  }

  std::string_view text_;
  std::span<const KnownRule> rules_;
  ConfigReading reading_;
};

}  // namespace

std::string_view environment_kind_name(EnvironmentKind kind) {
  switch (kind) {
    case EnvironmentKind::kDevelopment: return "development";
    case EnvironmentKind::kStaging: return "staging";
    case EnvironmentKind::kProduction: return "production";
  }
  return "";
}

std::optional<EnvironmentKind> environment_kind_from_name(std::string_view name) {
  for (const EnvironmentKind kind :
       {EnvironmentKind::kDevelopment, EnvironmentKind::kStaging, EnvironmentKind::kProduction}) {
    if (name == environment_kind_name(kind)) return kind;
  }
  return std::nullopt;
}

EnvironmentKind environment_kind_of(std::string_view environment_name) {
  const std::string name = ascii::lower(environment_name);
  if (name.starts_with("prod") || name == "live") return EnvironmentKind::kProduction;
  if (name.starts_with("stag")) return EnvironmentKind::kStaging;
  return EnvironmentKind::kDevelopment;
}

std::string_view on_failure_name(OnFailure what) {
  switch (what) {
    case OnFailure::kAsk: return "ask";
    case OnFailure::kRollback: return "rollback";
    case OnFailure::kKeep: return "keep";
  }
  return "";
}

std::optional<OnFailure> on_failure_from_name(std::string_view name) {
  for (const OnFailure what : {OnFailure::kAsk, OnFailure::kRollback, OnFailure::kKeep}) {
    if (name == on_failure_name(what)) return what;
  }
  return std::nullopt;
}

std::string_view confirm_when_name(ConfirmWhen when) {
  switch (when) {
    case ConfirmWhen::kNever: return "never";
    case ConfirmWhen::kDataLoss: return "data-loss";
    case ConfirmWhen::kAlways: return "always";
  }
  return "";
}

std::optional<ConfirmWhen> confirm_when_from_name(std::string_view name) {
  for (const ConfirmWhen when :
       {ConfirmWhen::kNever, ConfirmWhen::kDataLoss, ConfirmWhen::kAlways}) {
    if (name == confirm_when_name(when)) return when;
  }
  return std::nullopt;
}

ConfigReading read_config(std::string_view text, const std::string& path,
                          std::span<const KnownRule> rules) {
  return Reader(text, rules).read(path);
}

std::string find_config(const FileSystem& files, const std::string& directory) {
  for (std::string at = path::absolute(directory);;) {
    std::string candidate = path::join(at, kConfigFileName);
    if (files.exists(candidate) && !files.is_directory(candidate)) return candidate;
    const std::string parent(path::parent(at));
    if (parent.empty() || parent == at) return "";
    at = parent;
  }
}

}  // namespace belay::project

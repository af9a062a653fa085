#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analyzer/project/config.h"

namespace belay::project {

enum class ConfigType : uint8_t {
  kString,
  kChoice,  ///< a string out of `allowed`
  kBool,
  kCount,       ///< a whole number from 1
  kStringList,  ///< a list of strings, or one string for a list of one
  kVersion,     ///< "15", "3.40" or 15
  kDuration,    ///< "30m", "24h", or "off"
  kUrl,         ///< a string that should hold no password
  kTable,       ///< the head of a table; its keys follow with `table` set
};

/// One key of belay.toml. Reading, checking, the reference in docs/configuration.md and the schema
/// for editors are all made from this table, so that they cannot disagree.
struct ConfigKey {
  std::string_view table;  ///< "" for the top, `database`, `environments.*` (`*`: any name)
  std::string_view name;   ///< `*` where people choose the names
  ConfigType type;
  /// Of a choice, and of a list where each of its strings is one.
  std::vector<std::string_view> allowed;
  std::string_view default_text;  ///< as people read it: `found from the files`
  std::string_view doc;           ///< one line

  /// Where the value goes: the member that fits `type`, null elsewhere. A choice is stored by
  /// `store_choice`, which refuses a value that is no name of anything.
  std::string Config::*string = nullptr;
  bool Config::*flag = nullptr;
  std::vector<std::string> Config::*list = nullptr;
  std::optional<std::chrono::seconds> Config::*duration = nullptr;
  bool (*store_choice)(Config&, std::string_view) = nullptr;
  /// Of a list: says of a string in it what is wrong; empty where nothing is.
  std::string (*mistake_in)(std::string_view) = nullptr;
  /// The same for members of `Config::session`.
  std::string SessionConfig::*session_string = nullptr;
  bool SessionConfig::*session_flag = nullptr;
  int64_t SessionConfig::*session_count = nullptr;
  std::vector<std::string> SessionConfig::*session_list = nullptr;
  /// A choice of an environment is stored in it.
  bool (*store_environment)(Environment&, std::string_view) = nullptr;
};

std::span<const ConfigKey> config_keys();

}  // namespace belay::project

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/range.h"

namespace belay::project {

struct TomlEntry;

/// A value of a TOML document with its place. Plain data: the parser behind it is seen by
/// toml_document.cc alone, because its header is slow to compile.
struct TomlValue {
  enum class Kind : uint8_t { kString, kInteger, kFloat, kBool, kDate, kArray, kTable };

  Kind kind = Kind::kTable;
  std::string string;  ///< of a string
  int64_t integer = 0;
  bool boolean = false;
  std::vector<TomlValue> items;    ///< of an array
  std::vector<TomlEntry> entries;  ///< of a table, in the order of the text
  ByteRange range;                 ///< of a table `[x]`: its header; otherwise the value

  const TomlEntry* find(std::string_view key) const;
};

struct TomlEntry {
  std::string key;
  ByteRange key_range;
  TomlValue value;
};

/// A document, or the first place where it is none.
struct TomlDocument {
  TomlValue root;
  /// The syntax error; the root is empty then.
  std::optional<std::string> error;
  ByteRange error_range;
};

/// Never throws. Ranges are bytes of `text`, whatever its line ends and characters.
TomlDocument parse_toml(std::string_view text);

/// `a string`, `a table`, ...: for messages.
std::string_view toml_kind_name(TomlValue::Kind kind);

}  // namespace belay::project

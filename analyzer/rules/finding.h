#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/effects/effect.h"
#include "analyzer/text/document.h"
#include "analyzer/text/place.h"
#include "analyzer/text/range.h"

namespace belay {

enum class Severity : uint8_t { kOff, kInfo, kWarning, kError };

/// `off`, `info`, `warning`, `error`.
std::string_view severity_name(Severity severity);
std::optional<Severity> severity_from_name(std::string_view name);

struct RelatedPlace {
  Place place;
  std::string message;
};

/// A change that a person can accept. Its edits keep what the script does to the schema.
struct Fix {
  std::string title;
  std::string path;
  std::vector<TextEdit> edits;
};

/// What a rule has to say about a place.
struct Finding {
  std::string_view rule;  ///< id of the rule, which lives as long as the program
  Severity severity = Severity::kWarning;
  Place place;
  /// The statement that it is about, for context; empty where it is about the file.
  ByteRange statement;
  /// One or two sentences: what happens, and why it matters here.
  std::string message;
  std::optional<effects::Effect> effect;
  std::vector<RelatedPlace> related;
  std::vector<Fix> fixes;
};

}  // namespace belay

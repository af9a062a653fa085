#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/cpp/clang/read_source.h"
#include "analyzer/cpp/presets.h"

/// Sources as tests write them, and what is read of them as tests compare it.
namespace belay::cpp {

struct Sample {
  std::string source;
  Reading reading;

  const std::vector<SqlText>& up(Engine engine = Engine::kSqlite) const {
    static const std::vector<SqlText> none;
    for (const MigrationReading& migration : reading.migrations) {
      for (const MethodSql& method : migration.up) {
        if (method.engine == engine) return method.texts;
      }
    }
    return none;
  }

  /// The SQL outside of migrations on SQLite, function after function.
  std::vector<SqlText> outside() const {
    std::vector<SqlText> out;
    for (const FunctionReading& function : reading.functions) {
      const std::vector<SqlText>& texts = function.sql.front().texts;
      out.insert(out.end(), texts.begin(), texts.end());
    }
    return out;
  }
};

/// A request for a source that may include Belay's headers and the stubs, on SQLite and PostgreSQL.
inline Request request_for(const std::string& source) {
  const std::string root = BELAY_SOURCE_DIR;
  Request request;
  request.path = "/migrations/sample.cc";
  request.text = source;
  request.arguments = {"-std=c++20", "-I" + root + "/runtime/include",
                       "-I" + root + "/support/include", "-I" + root + "/tests/analyzer/cpp/stubs"};
  request.engines = {Engine::kSqlite, Engine::kPostgres};
  return request;
}

/// The SQL as it is read; what is not known of it between `<` and `>`, `!` before what cannot bring
/// SQL along. `perhaps` stands before what may not run, `values` behind what is given values.
inline std::string shown(const SqlText& text) {
  std::string out = text.conditional ? "perhaps " : "";
  for (size_t i = 0; i < text.text.size(); ++i) {
    const auto hole = std::find_if(text.holes.begin(), text.holes.end(),
                                   [&](const Hole& one) { return one.range.begin == i; });
    if (hole == text.holes.end()) {
      out += text.text[i];
    } else {
      out += (hole->harmless ? "<!" : "<") + hole->reason + ">";
    }
  }
  return out + (text.has_parameters ? " values" : "");
}

inline std::vector<std::string> shown(const std::vector<SqlText>& texts) {
  std::vector<std::string> out;
  for (const SqlText& text : texts) out.push_back(shown(text));
  return out;
}

/// Where the text stands in the source, piece by piece; a macro's or a stand-in's place as a whole.
inline std::string spelled(const SqlText& text, const std::string& source) {
  std::string out;
  for (size_t i = 0; i < text.places.size(); ++i) {
    if (i > 0 && text.places[i] == text.places[i - 1]) continue;
    out += text.places[i].range.of(source);
  }
  return out;
}

}  // namespace belay::cpp

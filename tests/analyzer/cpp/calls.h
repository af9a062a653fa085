#pragma once

#include <string>
#include <utility>
#include <vector>

#include "analyzer/cpp/literal.h"
#include "analyzer/cpp/reading.h"

/// Readings without a compiler: each line `run(...);` of a source runs the literals in it.
namespace belay::cpp {

inline SqlText sql_in(const std::string& source, ByteRange call) {
  SqlText out;
  out.call = {0, call};
  for (uint32_t i = call.begin; i < call.end; ++i) {
    if (source[i] != '"' && source[i] != 'R') continue;
    const auto literal = read_literal(source, i);
    if (!literal) continue;
    out.text += literal->bytes;
    for (const ByteRange& place : literal->places) out.places.push_back({0, place});
    i = literal->range.end - 1;
  }
  return out;
}

inline std::vector<SqlText> calls_in(const std::string& source) {
  std::vector<SqlText> out;
  for (size_t at = source.find("run("); at != std::string::npos; at = source.find("run(", at + 1)) {
    const size_t end = source.find(");\n", at) + 1;
    out.push_back(sql_in(source, {static_cast<uint32_t>(at), static_cast<uint32_t>(end)}));
  }
  return out;
}

/// The part of the text that is not known: its first bytes that are `written`.
inline void add_hole(SqlText& sql, const std::string& written, std::string reason,
                     bool harmless = false) {
  const auto at = static_cast<uint32_t>(sql.text.find(written));
  const auto end = at + static_cast<uint32_t>(written.size());
  sql.holes.push_back({{at, end}, sql.places[at], std::move(reason), harmless, false});
}

/// One migration of which `up` runs the texts.
inline Reading reading_of(std::vector<SqlText> texts, Engine engine = Engine::kPostgres) {
  Reading out;
  out.files = {"/a/0001.cc"};
  MigrationReading& one = out.migrations.emplace_back();
  one.migration.name = "AddPhone";
  one.migration.version = Declared{"0001", {}};
  one.migration.description = Declared{"Add the phone", {}};
  one.up = {{engine, std::move(texts)}};
  return out;
}

}  // namespace belay::cpp

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/text/dialect.h"

namespace belay::project {

/// Adds up what scripts say of their dialect: words and signs that only one engine has. Reads
/// tokens, so that comments and strings do not count.
class DialectScore {
 public:
  /// `name`: of the file, for the reason.
  void add(std::string_view text, const std::string& name);

  struct Verdict {
    Engine engine;
    std::string why;  ///< `` `jsonb`, `serial` and `::` in 001_a.sql and others ``
  };
  /// The engine that most speaks for; none where nothing does, or two are even.
  std::optional<Verdict> verdict() const;
  /// Whether more scripts would not change the verdict.
  bool is_clear() const;

 private:
  struct Side {
    uint32_t points = 0;
    std::string words;  ///< the first few that counted
    uint32_t word_count = 0;
    std::string file;
    bool more_files = false;
  };
  void count(Engine engine, uint32_t points, std::string_view word, const std::string& name);

  /// MariaDB's words are MySQL's; nothing in a usual script tells the two apart.
  std::array<Side, 3> sides_;
};

}  // namespace belay::project

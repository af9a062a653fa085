#pragma once

#include "analyzer/sql/sqlite/grammar.h"

namespace belay::sql::sqlite {

/// SQLite's SQLITE_MAX_EXPR_DEPTH. It bounds the depth of our recursion as well.
inline constexpr int kMaxDepth = 1000;

/// One level of recursion. False where it would be one too many.
class Grammar::Nesting {
 public:
  explicit Nesting(Grammar& grammar) : grammar_(grammar) { ++grammar_.nesting_; }
  ~Nesting() { --grammar_.nesting_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

  explicit operator bool() const { return grammar_.nesting_ <= kMaxDepth; }

 private:
  Grammar& grammar_;
};

/// Sends what expressions and queries use to other places as long as it lives.
class Grammar::SinkScope {
 public:
  SinkScope(Grammar& grammar, Sinks sinks)
      : grammar_(grammar),
        sinks_(grammar.sinks_),
        subquery_depth_(grammar.subquery_depth_),
        has_subquery_(grammar.has_subquery_) {
    grammar.sinks_ = sinks;
    grammar.subquery_depth_ = 0;
    grammar.has_subquery_ = false;
  }
  ~SinkScope() {
    grammar_.sinks_ = sinks_;
    grammar_.subquery_depth_ = subquery_depth_;
    grammar_.has_subquery_ = has_subquery_;
  }
  SinkScope(const SinkScope&) = delete;
  SinkScope& operator=(const SinkScope&) = delete;

 private:
  Grammar& grammar_;
  Sinks sinks_;
  int subquery_depth_;
  bool has_subquery_;
};

}  // namespace belay::sql::sqlite

#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

#include "analyzer/schema/schema.h"

namespace belay {

struct AnalyzedMigration;

/// What a change of the schema may reach while one goes through a history with it: the relations
/// that differ, the indexes, triggers and sequences of them, which statements name alone, and the
/// relations that are tied to them by a foreign key in either direction, or by views. Rather too
/// much than too little. Costs what differs from one migration to the next.
class Reach {
 public:
  /// Goes on to the next point of the history: the schema there as it was, and as it is now.
  void go_on(const schema::Schema& was, const schema::Schema& is);

  bool nothing() const { return keys_.empty() && !everything_; }
  /// The keys of the relations that differ.
  const std::set<std::string>& keys() const { return keys_; }
  /// Whether a script of the migration may name something of it.
  bool touches(const AnalyzedMigration& migration) const;

 private:
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Words = std::unordered_set<std::string, TextHash, std::equal_to<>>;

  /// Names to look for in a text.
  struct Names {
    Words words;                ///< lower case; what can stand in a text as a word alone
    std::set<std::string> odd;  ///< the others

    void add(std::string_view name);
    bool stand_in(std::string_view text) const;
  };

  bool mentions(std::string_view text) const;
  void add_neighbours(const schema::Schema& schema);
  void add_neighbours_of(const std::string& key, const schema::Table& table);
  void add_sources(const schema::Schema& schema, const schema::View& view);

  std::set<std::string> keys_;
  Names names_;
  Names schemas_;
  std::set<std::string> sources_;  ///< what add_sources has seen
  bool everything_ = false;
  // The schemas that the names are of.
  schema::Schema was_{Dialect()};
  schema::Schema is_{Dialect()};
};

}  // namespace belay

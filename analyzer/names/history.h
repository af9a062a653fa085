#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "analyzer/names/mentions.h"
#include "analyzer/workspace.h"

namespace belay::names {

/// A place of a history where an object is named.
struct Occurrence {
  uint32_t migration = 0;
  project::Direction direction = project::Direction::kUp;
  Mention mention;
  uint32_t object = 0;  ///< the same number for the same object, whatever it is called
};

/// The objects of a history through all of its migrations: a table that is renamed, or rebuilt
/// under its name as SQLite has it, stays the same; one that is dropped and made again is another.
/// A down sees what its up has left, and what it makes again is what its up had dropped.
class History {
 public:
  /// What the scripts of a migration name.
  using MentionsOf =
      std::function<const std::vector<Mention>&(uint32_t migration, project::Direction direction)>;

  explicit History(const AnalyzedSet& set);
  History(const AnalyzedSet& set, const MentionsOf& mentions);

  /// In the order of the history, each up before its down.
  const std::vector<Occurrence>& all() const { return all_; }
  /// The one whose name touches a byte of a script; null where there is none.
  const Occurrence* at(uint32_t migration, project::Direction direction, uint32_t offset) const;
  /// All of the same object, in order.
  std::vector<const Occurrence*> of(uint32_t object) const;
  /// Where the object came into being, for one who stands at `from`; null where no migration tells.
  const Occurrence* definition(const Occurrence& from) const;

 private:
  std::vector<Occurrence> all_;
};

/// The names of a history that is edited: what is known of a script stays until the script, or what
/// the schema before it has of what it names, is another. Used by one thread at a time.
class HistoryCache {
 public:
  std::shared_ptr<const History> of(const std::shared_ptr<const AnalyzedSet>& set);

  /// About how much memory it takes.
  size_t bytes() const;

 private:
  struct Known {
    /// It is made anew when either changes. Held, so that its address stays its own.
    std::shared_ptr<const rules::ScriptResult> result;
    std::vector<Mention> mentions;
  };

  std::unordered_map<const rules::ScriptResult*, Known> known_;
  std::shared_ptr<const AnalyzedSet> set_;
  std::shared_ptr<const History> history_;  ///< of `set_`
};

}  // namespace belay::names

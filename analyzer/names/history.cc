#include "analyzer/names/history.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace belay::names {
namespace {

using project::Direction;

/// Which object each name means at one point of the history.
class Bindings {
 public:
  /// Numbers of objects that turned out to be the same lead to one.
  uint32_t root(uint32_t object) const {
    while (same_as_[object] != object) object = same_as_[object];
    return object;
  }

  uint32_t number_of(const Object& name) {
    const auto found = bound_.find(name);
    if (found != bound_.end()) return found->second;
    return bind(name, new_object());  // it came from elsewhere
  }

  uint32_t make(const Object& name) {
    if (const auto found = bound_.find(name); found != bound_.end()) return found->second;
    const auto before = before_up_.find(name);
    return bind(name, before == before_up_.end() ? new_object() : before->second);
  }

  uint32_t drop(const Object& name) {
    const uint32_t object = number_of(name);
    for (const Object& part : with_parts(name)) {
      dropped_[part] = bound_.at(part);
      unbind(part);
    }
    return object;
  }

  uint32_t rename(const Object& from, const Object& to) {
    const uint32_t object = number_of(from);
    for (const Object& part : with_parts(from)) {
      const uint32_t moved = bound_.at(part);
      unbind(part);
      Object now = part;
      now.key = to.key;
      if (part == from) now.part = to.part;
      bind(now, moved);
      // A rebuilt table goes on under its name.
      if (const auto old = dropped_.find(now); old != dropped_.end()) {
        same_as_[root(moved)] = root(old->second);
      }
    }
    return object;
  }

  void begin_migration() {
    log_.clear();
    before_up_.clear();
    dropped_.clear();
  }
  /// From here on until `end_down` a down runs: it is taken back, since the next up does not see
  /// it.
  void begin_down() {
    for (const auto& [name, before] : log_) {
      if (before) before_up_.emplace(name, *before);
    }
    log_.clear();
    dropped_.clear();
  }
  void end_down() {
    for (auto entry = log_.rbegin(); entry != log_.rend(); ++entry) {
      if (entry->second) {
        bound_[entry->first] = *entry->second;
      } else {
        bound_.erase(entry->first);
      }
    }
  }

 private:
  uint32_t new_object() {
    same_as_.push_back(static_cast<uint32_t>(same_as_.size()));
    return same_as_.back();
  }
  void note(const Object& name) {
    const auto found = bound_.find(name);
    log_.emplace_back(name, found == bound_.end() ? std::nullopt : std::optional(found->second));
  }
  uint32_t bind(const Object& name, uint32_t object) {
    note(name);
    return bound_[name] = object;
  }
  void unbind(const Object& name) {
    note(name);
    bound_.erase(name);
  }
  /// The name, and where it is a relation's, what is named within it.
  std::vector<Object> with_parts(const Object& name) const {
    std::vector<Object> out = {name};
    if (name.kind != Kind::kRelation) return out;
    for (const Kind kind : {Kind::kColumn, Kind::kConstraint}) {
      for (auto at = bound_.lower_bound({kind, name.key, ""});
           at != bound_.end() && at->first.kind == kind && at->first.key == name.key; ++at) {
        out.push_back(at->first);
      }
    }
    return out;
  }

  std::map<Object, uint32_t> bound_;
  std::vector<uint32_t> same_as_;
  std::vector<std::pair<Object, std::optional<uint32_t>>> log_;  ///< what a name meant before
  std::map<Object, uint32_t> before_up_;  ///< of what the up has taken away or renamed
  std::map<Object, uint32_t> dropped_;    ///< by the script
};

/// The objects that the mentions of a script are about.
void bind_mentions(const std::vector<Mention>& mentions, Bindings& bindings,
                   std::vector<uint32_t>& out) {
  std::optional<Object> renamed;
  for (const Mention& mention : mentions) {
    switch (mention.role) {
      case Role::kMakes: out.push_back(bindings.make(mention.object)); break;
      case Role::kDrops: out.push_back(bindings.drop(mention.object)); break;
      case Role::kUses: out.push_back(bindings.number_of(mention.object)); break;
      case Role::kRenames:
        renamed = mention.object;
        out.push_back(bindings.number_of(mention.object));
        break;
      case Role::kNames:
        out.push_back(renamed ? bindings.rename(*renamed, mention.object)
                              : bindings.number_of(mention.object));
        renamed.reset();
        break;
    }
  }
}

std::vector<Mention> mentions_of(const AnalyzedSet& set, uint32_t migration, Direction direction) {
  const AnalyzedMigration& one = *set.migrations[migration];
  const bool is_down = direction == Direction::kDown;
  return mentions_in(*set.script(migration, direction)->parsed, is_down ? one.after : one.before,
                     2 * migration + (is_down ? 1 : 0));
}

}  // namespace

History::History(const AnalyzedSet& set, const MentionsOf& mentions) {
  Bindings bindings;
  for (uint32_t i = 0; i < set.migrations.size(); ++i) {
    bindings.begin_migration();
    for (const Direction direction : {Direction::kUp, Direction::kDown}) {
      if (set.script(i, direction) == nullptr) continue;
      const bool is_down = direction == Direction::kDown;
      if (is_down) bindings.begin_down();
      const std::vector<Mention>& named = mentions(i, direction);
      std::vector<uint32_t> objects;
      bind_mentions(named, bindings, objects);
      for (size_t m = 0; m < named.size(); ++m) {
        all_.push_back({i, direction, named[m], objects[m]});
      }
      if (is_down) bindings.end_down();
    }
  }
  for (Occurrence& one : all_) one.object = bindings.root(one.object);
}

History::History(const AnalyzedSet& set) {
  std::vector<Mention> last;
  *this = History(set, [&](uint32_t migration, Direction direction) -> const std::vector<Mention>& {
    return last = mentions_of(set, migration, direction);
  });
}

const Occurrence* History::at(uint32_t migration, Direction direction, uint32_t offset) const {
  const Occurrence* out = nullptr;
  for (const Occurrence& one : all_) {
    if (one.migration != migration || one.direction != direction) continue;
    const ByteRange range = one.mention.range;
    if (range.begin <= offset && offset <= range.end) out = &one;
  }
  return out;
}

std::vector<const Occurrence*> History::of(uint32_t object) const {
  std::vector<const Occurrence*> out;
  for (const Occurrence& one : all_) {
    if (one.object == object) out.push_back(&one);
  }
  return out;
}

const Occurrence* History::definition(const Occurrence& from) const {
  const auto made = std::find_if(all_.begin(), all_.end(), [&](const Occurrence& one) {
    return one.object == from.object && one.mention.role == Role::kMakes;
  });
  return made == all_.end() ? nullptr : &*made;
}

std::shared_ptr<const History> HistoryCache::of(const std::shared_ptr<const AnalyzedSet>& set) {
  if (set == set_) return history_;
  auto before = std::move(known_);
  known_.clear();
  history_ = std::make_shared<const History>(
      *set, [&](uint32_t migration, Direction direction) -> const std::vector<Mention>& {
        const auto& result = set->script(migration, direction)->result;
        auto known = before.extract(result.get());
        if (!known.empty()) return known_.insert(std::move(known)).position->second.mentions;
        return known_
            .try_emplace(result.get(), Known{result, mentions_of(*set, migration, direction)})
            .first->second.mentions;
      });
  set_ = set;
  return history_;
}

size_t HistoryCache::bytes() const {
  const auto named = [](const Mention& m) {
    return m.object.key.capacity() + m.object.part.capacity();
  };
  size_t out = known_.size() * sizeof(Known);
  for (const auto& [result, known] : known_) {
    out += known.mentions.capacity() * sizeof(Mention);
    for (const Mention& m : known.mentions) out += named(m);
  }
  if (history_ == nullptr) return out;
  out += history_->all().capacity() * sizeof(Occurrence);
  for (const Occurrence& one : history_->all()) out += named(one.mention);
  return out;
}

}  // namespace belay::names

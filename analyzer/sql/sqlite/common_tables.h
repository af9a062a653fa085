#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace belay::sql::sqlite {

/// The names that the WITH clauses around a place define, the innermost last.
class CommonTables {
 public:
  size_t size() const { return names_.size(); }

  void add(const std::string& name) {
    places_[name].push_back(names_.size());
    names_.push_back(name);
  }
  /// Forgets all but the first `size` names.
  void shrink(size_t size) {
    for (; names_.size() > size; names_.pop_back()) places_[names_.back()].pop_back();
  }

  bool contains(const std::string& name) const { return contains_since(name, 0); }
  /// Whether the name was added when `size` others were there already.
  bool contains_since(const std::string& name, size_t size) const {
    const auto found = places_.find(name);
    return found != places_.end() && !found->second.empty() && found->second.back() >= size;
  }

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::vector<size_t>> places_;
};

}  // namespace belay::sql::sqlite

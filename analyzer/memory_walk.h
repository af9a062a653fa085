#pragma once

#include <cstdint>
#include <unordered_set>

#include "analyzer/workspace.h"

namespace belay {

/// How much memory analysed histories take, by what it holds. What several of them share is counted
/// once. An estimate: it counts the sizes of objects, lists and texts, not what an allocator or the
/// maps of a schema add, nor what the small parts of rare statements hold.
class MemoryWalk {
 public:
  struct Part {
    uint64_t bytes = 0;
    uint64_t count = 0;  ///< of texts, statements, schemas' objects, findings
  };

  void add(const Document& text);
  void add(const AnalyzedSet& set);

  const Part& texts() const { return texts_; }
  const Part& statements() const { return statements_; }
  const Part& schemas() const { return schemas_; }
  const Part& findings() const { return findings_; }

 private:
  bool is_new(const void* address) { return seen_.insert(address).second; }
  void add(const AnalyzedScript& script);
  void add(const schema::Schema& schema);
  void add(const std::vector<Finding>& findings);

  std::unordered_set<const void*> seen_;
  Part texts_;
  Part statements_;
  Part schemas_;
  Part findings_;
};

}  // namespace belay

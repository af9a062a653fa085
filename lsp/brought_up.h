#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/workspace.h"

namespace belay::lsp {

/// Whether nothing has changed: quick where they share their text.
bool same_text(const Document& a, const Document& b);

/// Remembers what was found in each script of a history when its text was last read, to tell what
/// edits elsewhere have brought up in it since: a column that is dropped earlier, and a down that
/// now fails. Used by one thread at a time.
class BroughtUp {
 public:
  /// `earlier`: of the same history before it was discovered anew, or null.
  explicit BroughtUp(const AnalyzedSet& set, const BroughtUp* earlier = nullptr);

  /// The file's text has come from outside: what is found in it now is its own.
  void settle(const AnalyzedSet& now, const std::string& path);

  /// The findings that are new in a script whose text is not. Must be called with the sets of one
  /// history, in their order.
  std::vector<const Finding*> findings(const AnalyzedSet& now, uint32_t migration,
                                       project::Direction direction);

 private:
  struct Known {
    Document text;
    std::shared_ptr<const rules::ScriptResult> result;  ///< null: there was no such script
  };
  using Pair = std::array<Known, 2>;  // up, down

  static Known known(const AnalyzedScript* script);

  std::vector<Pair> known_;  // by migration
  std::map<std::string, uint32_t> by_id_;
};

}  // namespace belay::lsp

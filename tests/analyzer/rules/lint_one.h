#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/workspace.h"
#include "tests/support/annotated.h"

namespace belay::testing {

/// A history of at most three migrations, put together from texts: what was applied before, the one
/// to be linted, and one that was applied since.
class SmallHistory {
 public:
  SmallHistory(Engine engine, std::string_view before, std::string_view up, std::string_view down,
               bool in_transaction, std::string_view later = {}, std::string_view later_down = {})
      : before_(before), up_(up), down_(down), later_(later), later_down_(later_down) {
    set_.directory = "migrations";
    set_.layout = project::Layout::kGolangMigrate;
    set_.dialect = {engine, default_version(engine)};
    const auto habit =
        in_transaction ? project::TransactionHabit::kPerScript : project::TransactionHabit::kNone;
    add("0001_before", before_, std::string_view(), habit);
    add("0002_change", up_, down_, habit);
    if (!later.empty()) add("0003_later", later_, later_down_, habit);
  }

  project::MigrationSet& set() { return set_; }

  /// The findings in the files of the second migration.
  std::vector<Finding> lint(const rules::Settings& settings = {},
                            sql::Recovery recovery = sql::Recovery::kExact) {
    std::map<std::string, Document> texts;
    texts["migrations/0001_before.up.sql"] = Document(before_);
    texts["migrations/0002_change.up.sql"] = Document(up_);
    texts["migrations/0002_change.down.sql"] = Document(down_);
    texts["migrations/0003_later.up.sql"] = Document(later_);
    texts["migrations/0003_later.down.sql"] = Document(later_down_);
    const Workspace workspace(set_, texts, settings, recovery);
    const AnalyzedMigration& migration = *workspace.snapshot()->migrations[1];
    std::vector<Finding> out = migration.up->result->findings;
    if (migration.down) {
      const std::vector<Finding>& more = migration.down->result->findings;
      out.insert(out.end(), more.begin(), more.end());
    }
    for (const Finding& f : workspace.snapshot()->findings) {
      if (f.place.path.find("/0002_change.") != std::string::npos) out.push_back(f);
    }
    return out;
  }

 private:
  void add(std::string id, std::string_view up, std::string_view down,
           project::TransactionHabit habit) {
    project::Migration m;
    m.id = id;
    m.version = id.substr(0, 4);
    m.name = id.substr(5);
    m.up = script("migrations/" + id + ".up.sql", up, habit);
    if (!down.empty()) m.down = script("migrations/" + id + ".down.sql", down, habit);
    set_.migrations.push_back(std::move(m));
  }

  static project::Script script(std::string path, std::string_view text,
                                project::TransactionHabit habit) {
    project::Script out;
    out.path = std::move(path);
    out.range = {0, static_cast<uint32_t>(text.size())};
    out.transaction = habit;
    return out;
  }

  project::MigrationSet set_;
  std::string before_, up_, down_, later_, later_down_;
};

}  // namespace belay::testing

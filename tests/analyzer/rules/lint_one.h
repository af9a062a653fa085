#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/rules/linter.h"
#include "analyzer/sql/script.h"
#include "tests/support/annotated.h"

namespace belay::testing {

/// A history of at most two migrations, put together from texts: what was applied before, and the
/// one to be linted.
class SmallHistory {
 public:
  SmallHistory(Engine engine, std::string_view before, std::string_view up, std::string_view down,
               bool in_transaction)
      : before_(before), up_(up), down_(down) {
    set_.directory = "migrations";
    set_.layout = project::Layout::kGolangMigrate;
    set_.dialect = {engine, default_version(engine)};
    const auto habit =
        in_transaction ? project::TransactionHabit::kPerScript : project::TransactionHabit::kNone;
    add("0001_before", before_, std::string_view(), habit);
    add("0002_change", up_, down_, habit);
  }

  project::MigrationSet& set() { return set_; }

  /// The findings of the second migration's up and down.
  std::vector<Finding> lint(const rules::Settings& settings = {},
                            sql::Recovery recovery = sql::Recovery::kExact) {
    schema::Schema schema(set_.dialect);
    run(0, project::Direction::kUp, before_, schema, settings, recovery);
    std::vector<Finding> out =
        run(1, project::Direction::kUp, up_, schema, settings, recovery).findings;
    if (!down_.empty()) {
      for (Finding& f :
           run(1, project::Direction::kDown, down_, schema, settings, recovery).findings) {
        out.push_back(std::move(f));
      }
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

  rules::ScriptResult run(uint32_t index, project::Direction direction, const std::string& text,
                          schema::Schema& schema, const rules::Settings& settings,
                          sql::Recovery recovery) {
    const project::Migration& m = set_.migrations[index];
    const project::Script& location = direction == project::Direction::kUp ? *m.up : *m.down;
    const sql::ParsedScript script = sql::parse_script(
        text, {0, static_cast<uint32_t>(text.size())}, set_.dialect, recovery, nullptr);
    return rules::lint_script({set_, m, index, direction, location, text, script}, schema,
                              settings);
  }

  project::MigrationSet set_;
  std::string before_, up_, down_;
};

}  // namespace belay::testing

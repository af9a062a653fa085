#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "analyzer/rules/finding.h"
#include "analyzer/text/dialect.h"

namespace belay::rules {

/// What a rule is about; the groups of `belay rules` and of the documentation.
enum class Category : uint8_t {
  kLocks,          ///< others wait
  kDataLoss,       ///< rows or values are gone
  kCompatibility,  ///< running programs break
  kFailure,        ///< the statement fails, always or on tables with rows
  kTransactions,
  kRollback,
  kSecurity,  ///< what others hand in decides what runs
  kProject,   ///< files, names, versions
  kAnalysis,  ///< what Belay could not read, and its own comments
};

std::string_view category_name(Category category);

/// A set of engines.
class Engines {
 public:
  constexpr Engines(std::initializer_list<Engine> engines) {
    for (Engine e : engines) bits_ = static_cast<uint8_t>(bits_ | bit(e));
  }
  static constexpr Engines all() {
    return {Engine::kPostgres, Engine::kSqlite, Engine::kMysql, Engine::kMariadb};
  }
  constexpr bool contains(Engine e) const { return (bits_ & bit(e)) != 0; }

 private:
  static constexpr uint8_t bit(Engine e) { return static_cast<uint8_t>(1U << static_cast<int>(e)); }
  uint8_t bits_ = 0;
};

/// A migration that shows a rule at work. In `sql`, `down` and `cpp`, `[[` and `]]` stand around
/// each place that the rule must report; a good example has none. Every example runs as a test.
struct Example {
  Engine engine = Engine::kPostgres;
  std::string_view title = {};
  /// Migrations that were applied before, in one script.
  std::string_view before = {};
  std::string_view sql = {};
  /// The migration's down; none where empty.
  std::string_view down = {};
  /// A migration that was applied since, and its down.
  std::string_view later = {};
  std::string_view later_down = {};
  /// The runner wraps the script in a transaction.
  bool in_transaction = true;
  /// A C++ source that stands for all of it, behind `#include <belay/migrations.h>`.
  std::string_view cpp = {};
};

/// All that is known of a rule beside its check. Command line help, `docs/rules/`, SARIF metadata
/// and the checks of belay.toml are made from it.
struct Descriptor {
  /// In kebab case; stable for ever, since people write it into their files.
  std::string_view id = {};
  /// A heading of a few words.
  std::string_view title = {};
  Category category = Category::kLocks;
  Engines engines = Engines::all();
  Severity severity = Severity::kWarning;
  /// What happens, to whom, and when not. Markdown.
  std::string_view why = {};
  /// The safe form. Markdown.
  std::string_view instead = {};
  /// When the rule keeps silent. Markdown; empty where there is nothing to say.
  std::string_view exemptions = {};
  std::span<const Example> bad = {};
  std::span<const Example> good = {};
  /// Down scripts are checked, too. What is dangerous going up is often the very purpose of a down.
  bool checks_downs = false;
  /// SQL that a program runs outside of migrations is checked, too: what the rule says is true of
  /// any SQL, whenever it runs and whoever waits for it.
  bool outside_migrations = false;
  /// How severe it is there at most: a program that empties a table may do what it is for.
  Severity outside_at_most = Severity::kError;
  /// Rules whose findings in the same migration only give the details of this one's. They become
  /// places that belong to it, where they are not more severe.
  std::span<const std::string_view> sums_up = {};
  /// Cannot be suppressed in a script or switched off: the rules about suppressions and about what
  /// could not be read.
  bool always_on = false;
};

}  // namespace belay::rules

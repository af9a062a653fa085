#pragma once

#include <functional>
#include <string>
#include <vector>

#include <belay/database.h>
#include <belay/migration.h>

/// Tries migrations on a database of their own, for the tests of a project:
///
///     TEST(Migrations, ComeAndGo) {
///       belay::MigrationTester tester;
///       tester.before("0042", [](belay::Database& db) {
///         db.execute("INSERT INTO people (name) VALUES ('Ada Lovelace'), (NULL)");
///       });
///       for (const belay::MigrationTrial& trial : tester.try_all()) {
///         EXPECT_TRUE(trial.passed()) << trial.to_string();
///       }
///     }
namespace belay {

/// What became of one migration.
struct MigrationTrial {
  std::string version;
  std::string display_name;
  bool up = false;        ///< the up has run
  bool has_down = false;  ///< else it only goes forward, and that is all that was tried
  bool down = false;      ///< the down has run
  bool up_again = false;  ///< and the up behind it
  /// What was not as before the up when the down had run: schema and rows, a phrase each. Row by
  /// row; their order does not matter.
  std::vector<std::string> differences;
  /// What was not, behind the second up, as it was behind the first.
  std::vector<std::string> differences_again;
  std::string error;  ///< of what failed; empty where nothing did

  bool passed() const {
    return up && error.empty() && differences.empty() && differences_again.empty();
  }
  /// For a test's message.
  std::string to_string() const;
};

class MigrationTester {
 public:
  using Work = std::function<void(Database& db)>;

  struct Options {
    /// A database in which the role may make others (PostgreSQL), of which one is made for the
    /// trial; empty: a SQLite file is.
    std::string database_url;
  };

  /// With the migrations that are registered in this program.
  MigrationTester();
  explicit MigrationTester(Options options);
  MigrationTester(std::vector<runtime::MigrationScript> migrations, Options options);

  /// Runs before the up of that version, to make the rows that it will meet.
  void before(std::string version, Work work);
  /// Runs behind it: throws, or uses the test's own expectations.
  void after(std::string version, Work work);

  /// Tries all of them, one behind the other: up; down where there is one; up again. Ends at the
  /// first whose up fails. The database is removed, whatever happens. Throws `MigrationError` where
  /// there is none to be had, or the migrations have no order.
  std::vector<MigrationTrial> try_all();

 private:
  Options options_;
  Result<std::vector<runtime::MigrationScript>> migrations_;
  std::vector<std::pair<std::string, Work>> before_;
  std::vector<std::pair<std::string, Work>> after_;
};

}  // namespace belay

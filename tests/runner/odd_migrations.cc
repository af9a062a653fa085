// Migrations that a program should not have, and that Belay has to survive.
#include <signal.h>
#include <unistd.h>

#include <iostream>

#include <belay/migrations.h>

namespace {

/// Does what the environment says, in the middle of its work.
class Odd : public belay::Migration {
 public:
  std::string version() const override { return "0009"; }
  std::string description() const override { return "odd"; }
  void up(belay::Database& db) override {
    db.execute("CREATE TABLE odd (x)");
    std::cout << "this is no answer\n" << std::flush;
    const char* what = std::getenv("ODD");
    const std::string kind = what == nullptr ? "" : what;
    if (kind == "abort") std::abort();
    if (kind == "kill") ::kill(::getpid(), SIGKILL);
    if (kind == "exit") std::_Exit(0);
    if (kind == "throw") throw belay::MigrationError("it does not want to", "ask it nicely");
    if (kind == "sleep") ::sleep(600);
    if (kind == "close") ::close(STDIN_FILENO);
    if (kind == "password") {
      // The program has no way to the database but the one that it was given.
      for (const belay::Row& row : db.query("SELECT file FROM pragma_database_list")) {
        std::cerr << row.text(0) << '\n';
      }
    }
    db.execute("INSERT INTO odd VALUES (?)", belay::runtime::Blob{std::string("\0\xff", 2)});
    db.execute("INSERT INTO odd VALUES (?)", std::string("\xc3\x28 no UTF-8"));
    db.execute("INSERT INTO odd VALUES (?)", 0.1);
    db.execute("INSERT INTO odd VALUES (?)", int64_t{1} << 62);
    db.execute("INSERT INTO odd VALUES (?)", nullptr);
    const auto same = db.query("SELECT x, typeof(x) FROM odd ORDER BY rowid");
    for (const belay::Row& row : same) {
      const auto again = db.query("SELECT count(*) FROM odd WHERE x IS ? AND typeof(x) = ?",
                                  row.value(0), row.text(1));
      if (again[0].number(0) != 1) throw belay::MigrationError("a value did not come back");
    }
  }
};
BELAY_MIGRATION(Odd);

}  // namespace

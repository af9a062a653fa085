// Tries a migration on a SQLite database and says what it would do to the rows; then brings
// everything back.
//
//   try_migration app.db 'DELETE FROM orders WHERE total = 0'
#include <iostream>

#include <belay/session.h>

namespace {

int fail(const belay::Error& error) {
  std::cerr << error.to_string() << '\n';
  return 1;
}

void tell(const belay::runtime::ApplyReport& report) {
  std::cout << report.headline << '\n';
  for (const belay::runtime::MigrationReport& migration : report.migrations) {
    for (const belay::runtime::RowChange& change : migration.row_changes) {
      std::cout << "  " << change.table << ": " << change.before.value_or(0) << " rows before, "
                << change.after.value_or(0) << " after\n";
    }
    for (const belay::runtime::MigrationWarning& warning : migration.warnings) {
      std::cout << "  warning: " << warning.message << '\n';
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: try_migration FILE SQL\n";
    return 2;
  }
  belay::runtime::SessionOptions options;
  options.database_url = std::string("sqlite:") + argv[1];
  const belay::runtime::Session session(options);

  const auto begun = session.begin();  // from here on nothing can be lost
  if (!begun) return fail(begun.error());

  belay::runtime::MigrationScript migration;
  migration.version = "trial";
  migration.up.sql = argv[2];
  const auto applied = session.apply({&migration, 1});
  if (applied) tell(*applied);

  const auto back = session.rollback();
  if (!applied) return fail(applied.error());
  if (!back) return fail(back.error());
  std::cout << back->headline << '\n';
  return applied->failed ? 1 : 0;
}

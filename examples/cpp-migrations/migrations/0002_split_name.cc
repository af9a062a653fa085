// What SQL alone says badly: where a name is cut is decided row by row.
#include <string>

#include <belay/migrations.h>

namespace {

class SplitName : public belay::SafelyReversible {
 public:
  std::string version() const override { return "0002"; }
  std::string description() const override { return "split name"; }
  std::string reason() const override { return "the whole name stays in its column"; }

  void up(belay::Database& db) override {
    db.execute("ALTER TABLE people ADD COLUMN family_name TEXT");
    for (const belay::Row& person : db.query("SELECT id, name FROM people")) {
      const std::string name = person.text("name");
      const size_t last = name.rfind(' ');
      if (last == std::string::npos) continue;  // who has one name has no family name
      db.execute("UPDATE people SET family_name = ? WHERE id = ?", name.substr(last + 1),
                 person.number("id"));
    }
  }

  void validate(belay::Database& db) override {
    const auto odd = db.query("SELECT name FROM people WHERE name NOT LIKE '%' || family_name");
    if (!odd.empty())
      throw belay::MigrationError("the family name of " + odd[0].text(0) + " is odd");
  }

  void down(belay::Database& db) override {
    db.execute("ALTER TABLE people DROP COLUMN family_name");
  }
};
BELAY_MIGRATION(SplitName);

}  // namespace

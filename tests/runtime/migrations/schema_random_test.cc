// One change of a random schema through the builder, and the same schema written by hand with that
// piece different from the start: they must hold the same, to the letter of every definition.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include <belay/schema.h>

#include "tests/runtime/test_database.h"

namespace belay::testing {
namespace {

enum class PieceKind { kNotNull, kDefault, kUnique, kCheck, kReference, kKey, kOther };

struct Piece {
  PieceKind kind;
  std::string text;
  std::vector<std::string> columns;  ///< of a constraint of the table
};

struct RandomColumn {
  std::string name;
  std::string type;
  std::vector<Piece> pieces;
  bool generated = false;
};

struct RandomTable {
  std::string name;
  std::vector<RandomColumn> columns;
  std::vector<Piece> constraints;
  std::string options;
  std::string others;  ///< indexes, a trigger, a view
  bool is_parent = false;
  bool explicit_rowid = false;
  std::vector<std::vector<std::string>> rows;  ///< literals by column; the rowid first

  std::string definition() const {
    std::string out;
    for (const RandomColumn& column : columns) {
      out += (out.empty() ? "" : ", ") + column.name;
      if (!column.type.empty()) out += " " + column.type;
      for (const Piece& piece : column.pieces) out += " " + piece.text;
    }
    for (const Piece& piece : constraints) out += ", " + piece.text;
    return "CREATE TABLE " + name + " (" + out + ")" + options + ";\n";
  }

  std::string inserts() const {
    std::string out;
    for (const auto& row : rows) {
      std::string into = explicit_rowid ? "rowid" : "";
      std::string values = explicit_rowid ? row[0] : "";
      for (size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].generated) continue;
        into += (into.empty() ? "" : ", ") + columns[i].name;
        values += (values.empty() ? "" : ", ") + row[i + 1];
      }
      out += "INSERT INTO " + name + " (" + into + ") VALUES (" + values + ");\n";
    }
    return out;
  }
};

using Tables = std::vector<RandomTable>;

std::string script_for(const Tables& tables) {
  // Dropping a table moves the pages of others with auto_vacuum.
  std::string out = tables.size() % 2 == 0 ? "PRAGMA auto_vacuum=FULL;" : "";
  out += "PRAGMA foreign_keys=OFF; BEGIN; CREATE TABLE log (message);\n";
  for (const RandomTable& table : tables) out += table.definition() + table.inserts();
  // What AUTOINCREMENT has counted to is more than what is there.
  out +=
      "CREATE TABLE IF NOT EXISTS counted (id INTEGER PRIMARY KEY AUTOINCREMENT);"
      "UPDATE sqlite_sequence SET seq = seq + 1000;\n";
  for (const RandomTable& table : tables) out += table.others;
  return out + "COMMIT;";
}

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  size_t below(size_t end) { return random_() % end; }
  bool chance(size_t percent) { return below(100) < percent; }

  Tables tables() {
    Tables out;
    const size_t count = 2 + below(3);
    for (size_t i = 0; i < count; ++i) out.push_back(table(i, out));
    return out;
  }

 private:
  RandomTable table(size_t index, Tables& before) {
    RandomTable out;
    out.name = (chance(20) ? "\"T " : "t") + std::to_string(index);
    if (out.name[0] == '"') out.name += "\"";
    key(out);
    RandomColumn text{"a", chance(80) ? "TEXT" : "", {}};
    if (chance(30)) text.pieces.push_back({PieceKind::kOther, "COLLATE nocase", {}});
    if (chance(50)) text.pieces.push_back({PieceKind::kUnique, "UNIQUE", {}});
    out.columns.push_back(text);
    RandomColumn number{"b", chance(50) ? "INT" : "DECIMAL(9, 2)", {}};
    if (chance(50)) number.pieces.push_back({PieceKind::kDefault, "DEFAULT (1 + 2)", {}});
    if (chance(50)) number.pieces.push_back({PieceKind::kNotNull, "NOT NULL", {}});
    if (chance(50)) number.pieces.push_back({PieceKind::kCheck, "CHECK (b >= -9)", {}});
    out.columns.push_back(number);
    out.columns.push_back({"spare", chance(50) ? "REAL" : "VARCHAR(9)", {}});
    if (chance(30)) out.columns.back().pieces.push_back({PieceKind::kDefault, "DEFAULT 'x'", {}});
    if (chance(40)) {
      out.columns.push_back({"g", "INT", {{PieceKind::kOther, "AS (b + 1) STORED", {}}}, true});
    }
    if (!before.empty()) reference(out, before[below(before.size())]);
    if (chance(40)) out.constraints.push_back({PieceKind::kUnique, "UNIQUE (a, b)", {"a", "b"}});
    if (chance(40)) {
      out.constraints.push_back({PieceKind::kCheck, "CONSTRAINT named CHECK (length(a) > 0)", {}});
    }
    rows(out, before);
    others(out);
    return out;
  }

  void key(RandomTable& out) {
    RandomColumn k{"k", "INTEGER", {}};
    const auto inline_key = [&](const char* text) {
      k.pieces.push_back({PieceKind::kKey, text, {}});
    };
    switch (below(5)) {
      case 0: inline_key("PRIMARY KEY"); break;
      case 1: inline_key("PRIMARY KEY AUTOINCREMENT"); break;
      case 2:
        inline_key("PRIMARY KEY");
        k.type = "INT";
        out.options = " WITHOUT ROWID";
        break;
      case 3:
        out.constraints.push_back({PieceKind::kKey, "PRIMARY KEY (k, b)", {"k", "b"}});
        k.pieces.push_back({PieceKind::kUnique, "UNIQUE", {}});
        out.explicit_rowid = true;
        break;
      default:
        k.pieces.push_back({PieceKind::kUnique, "UNIQUE", {}});
        out.explicit_rowid = true;
        break;
    }
    out.columns.push_back(k);
  }

  void reference(RandomTable& out, RandomTable& parent) {
    parent.is_parent = true;
    parent_ = parent.name;
    constexpr const char* kActions[] = {"CASCADE", "SET NULL", "RESTRICT", "NO ACTION"};
    const std::string target = "REFERENCES " + parent.name + " (k) ON DELETE " +
                               kActions[below(4)] + " ON UPDATE " + kActions[below(4)] +
                               (chance(30) ? " DEFERRABLE INITIALLY DEFERRED" : "");
    RandomColumn column{"p", "INTEGER", {}};
    if (chance(50)) {
      column.pieces.push_back({PieceKind::kReference, target, {}});
    } else {
      out.constraints.push_back({PieceKind::kReference, "FOREIGN KEY (p) " + target, {"p"}});
    }
    out.columns.push_back(column);
  }

  void rows(RandomTable& out, const Tables& before) {
    const size_t count = below(30);
    size_t at = 0;
    for (size_t i = 0; i < count; ++i) {
      at += 1 + below(3);
      const std::string key = std::to_string(at);
      std::vector<std::string> row = {std::to_string(at * 2)};
      for (const RandomColumn& column : out.columns) {
        if (column.name == "k") row.push_back(key);
        if (column.name == "a") row.push_back("'text " + key + "'");
        if (column.name == "b") row.push_back(std::to_string(below(50)));
        if (column.name == "spare") row.push_back(chance(50) ? "NULL" : "1.5");
        if (column.name == "g") row.push_back("");
        if (column.name == "p") row.push_back(parent_key(before));
      }
      out.rows.push_back(row);
    }
  }

  std::string parent_key(const Tables& before) {
    for (const RandomTable& table : before) {
      if (table.name != parent_ || table.rows.empty() || chance(20)) continue;
      return table.rows[below(table.rows.size())][1];
    }
    return "NULL";
  }

  void others(RandomTable& out) {
    const std::string plain =
        out.name[0] == '"' ? out.name.substr(1, 1) + out.name.substr(3, 1) : out.name;
    if (chance(50)) {
      out.others += "CREATE INDEX " + plain + "_b ON " + out.name + " (b DESC, a);\n";
    }
    if (chance(50)) {
      out.others +=
          "CREATE UNIQUE INDEX " + plain + "_e ON " + out.name + " (lower(a)) WHERE b > 3;\n";
    }
    if (chance(50)) {
      out.others += "CREATE TRIGGER " + plain + "_t AFTER UPDATE ON " + out.name +
                    " BEGIN INSERT INTO log VALUES (new.k || old.a); END;\n";
    }
    if (chance(50)) {
      out.others += "CREATE VIEW " + plain + "_v AS SELECT k, a FROM " + out.name + ";\n";
    }
  }

  std::mt19937 random_;
  std::string parent_;
};

std::string bare(const std::string& name) {
  return name[0] == '"' ? name.substr(1, name.size() - 2) : name;
}

/// Makes one change of `table` in its pieces and tells the builder to do the same; false where this
/// kind of change has nothing to work on.
class OneChange {
 public:
  OneChange(Generator& random, RandomTable& table) : random_(random), table_(table) {}

  std::function<void(TableChange&)> make() {
    for (;;) {
      if (auto change = one(random_.below(12))) return change;
    }
  }

 private:
  using Change = std::function<void(TableChange&)>;

  RandomColumn& column(const std::string& name) {
    for (RandomColumn& c : table_.columns) {
      if (c.name == name) return c;
    }
    throw std::logic_error(name);
  }
  bool has(const std::string& name) const {
    return std::any_of(table_.columns.begin(), table_.columns.end(),
                       [&](const RandomColumn& c) { return c.name == name; });
  }
  /// Takes the first piece of a kind out of a list.
  static bool take(std::vector<Piece>& pieces, PieceKind kind) {
    const auto found = std::find_if(pieces.begin(), pieces.end(),
                                    [kind](const Piece& p) { return p.kind == kind; });
    if (found == pieces.end()) return false;
    pieces.erase(found);
    return true;
  }

  Change one(size_t kind) {
    switch (kind) {
      case 0:
        if (!take(column("b").pieces, PieceKind::kNotNull)) return {};
        return [](TableChange& t) { t.change_column("b").nullable(); };
      case 1:
        if (take(column("a").pieces, PieceKind::kNotNull)) return {};
        column("a").pieces.push_back({PieceKind::kNotNull, "NOT NULL", {}});
        return [](TableChange& t) { t.change_column("a").not_null(); };
      case 2:
        if (!take(column("b").pieces, PieceKind::kDefault)) return {};
        return [](TableChange& t) { t.change_column("b").drop_default(); };
      case 3:
        if (!take(column("a").pieces, PieceKind::kUnique)) return {};
        return [](TableChange& t) { t.drop_unique("A"); };
      case 4:
        if (!take(table_.constraints, PieceKind::kUnique)) return {};
        return [](TableChange& t) { t.drop_unique({"a", "b"}); };
      case 5:
        if (!take(table_.constraints, PieceKind::kCheck)) return {};
        return [](TableChange& t) { t.drop_check("named"); };
      case 6:
        if (!take(column("b").pieces, PieceKind::kCheck)) return {};
        return [](TableChange& t) { t.drop_check("b>=-9"); };
      case 7:
        if (!take(table_.constraints, PieceKind::kReference) &&
            (!has("p") || !take(column("p").pieces, PieceKind::kReference))) {
          return {};
        }
        return [](TableChange& t) { t.drop_foreign_key("p"); };
      case 8: return add();
      case 9:
        if (!has("spare")) return {};
        retype_spare();
        return [](TableChange& t) { t.change_column("spare").type(type::native("BLOB")); };
      case 10: return drop_spare();
      default: return drop_key();
    }
  }

  /// A BLOB leaves its values as they are: as the old type has made them.
  void retype_spare() {
    for (size_t i = 0; i < table_.columns.size(); ++i) {
      RandomColumn& spare = table_.columns[i];
      if (spare.name != "spare") continue;
      for (auto& row : table_.rows) {
        if (spare.type != "REAL" && row[i + 1] == "1.5") row[i + 1] = "'1.5'";
      }
      spare.type = "BLOB";
    }
  }

  Change add() {
    table_.constraints.push_back({PieceKind::kUnique, "UNIQUE (k, a)", {}});
    table_.constraints.push_back({PieceKind::kCheck, "CONSTRAINT more CHECK (k > 0)", {}});
    table_.constraints.push_back(
        {PieceKind::kReference,
         "FOREIGN KEY (k) REFERENCES " + table_.name + " (k) ON DELETE CASCADE",
         {}});
    return [name = bare(table_.name)](TableChange& t) {
      t.unique({"k", "a"});
      t.check("k > 0").named("more");
      t.foreign_key("k").references(name, "k").on_delete(OnDelete::kCascade);
    };
  }

  Change drop_spare() {
    for (size_t i = 0; i < table_.columns.size(); ++i) {
      if (table_.columns[i].name != "spare") continue;
      table_.columns.erase(table_.columns.begin() + static_cast<std::ptrdiff_t>(i));
      for (auto& row : table_.rows) row.erase(row.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      return [](TableChange& t) { t.drop_column("spare"); };
    }
    return {};
  }

  Change drop_key() {
    if (table_.is_parent || !table_.options.empty()) return {};
    const bool inline_key = take(column("k").pieces, PieceKind::kKey);
    if (!inline_key && !take(table_.constraints, PieceKind::kKey)) return {};
    if (inline_key) {
      table_.explicit_rowid = true;
      for (auto& row : table_.rows) row[0] = row[1];
    }
    return [](TableChange& t) { t.drop_primary_key(); };
  }

  Generator& random_;
  RandomTable& table_;
};

/// Rowids of SQLite's own table depend on who wrote into it first.
std::string comparable(const std::string& database) {
  run_sql(database,
          "CREATE TABLE kept AS SELECT name, seq FROM sqlite_sequence ORDER BY name;"
          "DELETE FROM sqlite_sequence");
  return dump(database);
}

class RandomSchema : public ::testing::TestWithParam<bool> {};

TEST_P(RandomSchema, OneChangeChangesNothingElse) {
  constexpr uint32_t kRuns = 150;
  for (uint32_t seed = 0; seed < kRuns; ++seed) {
    SCOPED_TRACE(seed);
    const TemporaryDirectory directory;
    Generator random(seed);
    Tables tables = random.tables();
    const std::string before = script_for(tables);
    run_sql(directory.file("changed.db"), before);
    RandomTable& table = tables[random.below(tables.size())];
    const auto change = OneChange(random, table).make();
    run_sql(directory.file("by_hand.db"), script_for(tables));

    runtime::DatabaseUrl url;
    url.database = directory.file("changed.db");
    {
      const auto connection = *runtime::connect(url, {});
      ASSERT_TRUE(
          connection->execute(GetParam() ? "PRAGMA foreign_keys=ON" : "PRAGMA foreign_keys=OFF")
              .ok());
      ASSERT_TRUE(connection->begin().ok());
      Database db(*connection);
      try {
        Schema(db).alter_table(bare(table.name), change);
      } catch (const MigrationError& error) {
        FAIL() << error.error().to_string() << "\n" << before << "\nto be\n" << table.definition();
      }
      ASSERT_TRUE(connection->commit().ok());
    }
    EXPECT_EQ(query_text(url.database, "PRAGMA integrity_check"), "ok");
    EXPECT_EQ(query_text(url.database, "SELECT count(*) FROM pragma_foreign_key_check"), "0");
    EXPECT_TRUE(same_content(comparable(url.database), comparable(directory.file("by_hand.db"))))
        << before;
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(ForeignKeys, RandomSchema, ::testing::Bool(),
                         [](const auto& it) { return it.param ? "on" : "off"; });

}  // namespace
}  // namespace belay::testing

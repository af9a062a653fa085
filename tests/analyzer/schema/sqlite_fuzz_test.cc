// Random scripts, the model against SQLite itself: after every statement both must agree whether it
// fails and what the schema is. BELAY_FUZZ_SEQUENCES sets how many scripts there are,
// BELAY_FUZZ_SEED where they begin; a disagreement prints the script that leads to it.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <set>

#include "analyzer/schema/normal_text.h"
#include "analyzer/schema/replay.h"
#include "analyzer/sql/script.h"
#include "support/ascii.h"

namespace belay::schema {
namespace {

const Dialect kSqlite{Engine::kSqlite, default_version(Engine::kSqlite)};

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& p : parts) out += (out.empty() ? "" : ",") + p;
  return out;
}

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

// --- what SQLite says

class Database {
 public:
  Database() {
    sqlite3* db = nullptr;
    sqlite3_open(":memory:", &db);
    db_.reset(db);
  }

  /// Empty where it succeeds.
  std::string execute(const std::string& sql) {
    char* message = nullptr;
    sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, &message);
    std::string out = message == nullptr ? "" : message;
    sqlite3_free(message);
    return out;
  }

  std::vector<std::vector<std::string>> rows(const std::string& sql) {
    std::vector<std::vector<std::string>> out;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db_.get(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
      return {{std::string("error: ") + sqlite3_errmsg(db_.get())}};
    }
    while (sqlite3_step(statement) == SQLITE_ROW) {
      std::vector<std::string>& row = out.emplace_back();
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
        row.emplace_back(text == nullptr ? "-" : text);
      }
    }
    sqlite3_finalize(statement);
    return out;
  }

  /// A line for each thing, sorted.
  std::vector<std::string> schema();

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close(db); }
  };
  std::unique_ptr<sqlite3, Close> db_;
};

std::vector<std::string> Database::schema() {
  std::vector<std::string> out;
  for (const auto& r : rows(
           "SELECT lower(m.name), lower(c.name), lower(c.type), c.\"notnull\", c.dflt_value, c.pk, "
           "c.hidden, c.cid FROM sqlite_schema m, pragma_table_xinfo(m.name) c "
           "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'")) {
    const std::string value = r[4] == "-" ? "-" : normal_text(r[4], Engine::kSqlite);
    out.push_back("column " + r[0] + "." + r[1] + " #" + r[7] + " " + without_spaces(r[2]) +
                  " notnull=" + r[3] + " default=" + value + " pk=" + r[5] + " hidden=" + r[6]);
  }
  for (const auto& r :
       rows("SELECT lower(m.name), group_concat(lower(f.\"from\")), lower(f.\"table\"), "
            "ifnull(group_concat(lower(f.\"to\")), ''), f.on_update, f.on_delete "
            "FROM sqlite_schema m, pragma_foreign_key_list(m.name) f "
            "WHERE m.type = 'table' GROUP BY m.name, f.id")) {
    out.push_back("foreign key " + r[0] + "(" + r[1] + ") " + r[2] + "(" + r[3] + ") " + r[4] +
                  " " + r[5]);
  }
  std::set<std::string> keys;
  for (const auto& r :
       rows("SELECT lower(m.name), lower(i.name), i.\"unique\", i.partial, i.origin, "
            "(SELECT group_concat(ifnull(lower(x.name), 'expr')) FROM pragma_index_xinfo(i.name) x "
            "WHERE x.key) FROM sqlite_schema m, pragma_index_list(m.name) i WHERE m.type = "
            "'table'")) {
    if (r[4] == "pk") continue;
    if (r[4] == "u") {
      keys.insert("unique " + r[0] + "(" + r[5] + ")");
    } else {
      out.push_back("index " + r[1] + " on " + r[0] + "(" + r[5] + ") unique=" + r[2] +
                    " partial=" + r[3]);
    }
  }
  out.insert(out.end(), keys.begin(), keys.end());
  for (const auto& r : rows("SELECT type, lower(name), lower(tbl_name) FROM sqlite_schema "
                            "WHERE type IN ('view', 'trigger')")) {
    out.push_back(r[0] + " " + r[1] + (r[0] == "trigger" ? " on " + r[2] : ""));
  }
  std::sort(out.begin(), out.end());
  return out;
}

// --- what the model says

std::string action(sql::ReferentialAction a) {
  switch (a) {
    case sql::ReferentialAction::kNoAction: return "NO ACTION";
    case sql::ReferentialAction::kRestrict: return "RESTRICT";
    case sql::ReferentialAction::kCascade: return "CASCADE";
    case sql::ReferentialAction::kSetNull: return "SET NULL";
    case sql::ReferentialAction::kSetDefault: return "SET DEFAULT";
  }
  return "";
}

std::string bare(const std::string& key) { return key.substr(key.find('.') + 1); }

void add_table(const Table& t, std::vector<std::string>& out) {
  const Constraint* key = t.primary_key();
  int number = 0;
  for (const Column& c : t.columns) {
    size_t pk = 0;
    if (key != nullptr) {
      const auto at = std::find(key->columns.begin(), key->columns.end(), c.name);
      if (at != key->columns.end()) pk = static_cast<size_t>(at - key->columns.begin()) + 1;
    }
    const int hidden = c.generated == Column::Generated::kVirtual  ? 2
                       : c.generated == Column::Generated::kStored ? 3
                                                                   : 0;
    const bool rowid = key != nullptr && key->columns.size() == 1 && !t.without_rowid &&
                       ascii::lower(c.type.to_string()) == "integer";
    const bool not_null = c.not_null || (pk != 0 && (t.without_rowid || (t.strict && !rowid)));
    out.push_back("column " + t.name + "." + c.name + " #" + std::to_string(number++) + " " +
                  without_spaces(ascii::lower(c.type.to_string())) +
                  " notnull=" + (not_null ? "1" : "0") +
                  " default=" + (c.default_value ? c.default_value->text : "-") +
                  " pk=" + std::to_string(pk) + " hidden=" + std::to_string(hidden));
  }
  std::set<std::string> keys;
  for (const Constraint& c : t.constraints) {
    if (c.kind == sql::ConstraintKind::kForeignKey) {
      out.push_back("foreign key " + t.name + "(" + joined(c.columns) + ") " +
                    bare(c.referenced_table) + "(" + joined(c.referenced_columns) + ") " +
                    action(c.on_update) + " " + action(c.on_delete));
    }
    if (c.kind == sql::ConstraintKind::kUnique && (key == nullptr || key->columns != c.columns)) {
      keys.insert("unique " + t.name + "(" + joined(c.columns) + ")");
    }
    // Next to a rowid alias, a UNIQUE of the same column has an index of its own.
    if (c.kind == sql::ConstraintKind::kUnique && key != nullptr && key->columns == c.columns &&
        key->columns.size() == 1 && !t.without_rowid) {
      const Column* column = t.column(key->columns[0]);
      if (column != nullptr && ascii::lower(column->type.to_string()) == "integer") {
        keys.insert("unique " + t.name + "(" + joined(c.columns) + ")");
      }
    }
  }
  out.insert(out.end(), keys.begin(), keys.end());
  for (const Index& i : t.indexes) {
    if (i.of_constraint) continue;
    std::vector<std::string> columns;
    for (const std::string& c : i.columns) columns.push_back(c.empty() ? "expr" : c);
    out.push_back("index " + i.name + " on " + t.name + "(" + joined(columns) +
                  ") unique=" + (i.unique ? "1" : "0") + " partial=" + (i.partial ? "1" : "0"));
  }
  for (const Trigger& trigger : t.triggers) {
    out.push_back("trigger " + trigger.name + " on " + t.name);
  }
}

std::vector<std::string> lines(const Schema& schema) {
  std::vector<std::string> out;
  schema.for_each_table([&](const std::string&, const Table& t) { add_table(t, out); });
  schema.for_each_view([&](const std::string&, const View& v) { out.push_back("view " + v.name); });
  std::sort(out.begin(), out.end());
  return out;
}

struct ModelAnswer {
  bool fails = false;
  bool may_fail = false;
  std::string why;
};

ModelAnswer apply(const std::string& sql, Schema& schema, uint32_t number) {
  ModelAnswer out;
  const sql::ParsedScript parsed = sql::parse_script(sql, {0, static_cast<uint32_t>(sql.size())},
                                                     kSqlite, sql::Recovery::kExact, nullptr);
  Replay replay(std::move(schema));
  for (const sql::ScriptStatement& s : parsed.statements) {
    if (!s.parsed->problems.empty()) {
      out = {true, false, "syntax: " + s.parsed->problems.front().message};
    }
    for (size_t o = 0; o < s.parsed->operations.size(); ++o) {
      // As a down, which nobody has run yet.
      const std::optional<Failure> failure = replay.apply(*s.parsed, o, {1, number});
      if (!failure || out.fails) continue;
      (failure->certain ? out.fails : out.may_fail) = true;
      out.why = failure->message;
    }
  }
  schema = std::move(replay).take();
  return out;
}

// --- scripts

class Writer {
 public:
  explicit Writer(uint64_t seed) : random_(seed) {}

  std::string statement() {
    switch (below(16)) {
      case 0:
      case 1:
      case 2:
      case 3: return create_table();
      case 4: return "DROP TABLE " + maybe("IF EXISTS ", 3) + table();
      case 5: return "ALTER TABLE " + table() + " RENAME TO " + table();
      case 6:
      case 7: return "ALTER TABLE " + table() + " RENAME COLUMN " + column() + " TO " + column();
      case 8:
      case 9: return "ALTER TABLE " + table() + " ADD COLUMN " + column_definition(column());
      case 10:
      case 11: return "ALTER TABLE " + table() + " DROP COLUMN " + column();
      case 12: return create_index();
      case 13: return "DROP INDEX " + maybe("IF EXISTS ", 3) + pick({"i1", "i2", "i3"});
      case 14:
        return one_in(3) ? "DROP VIEW " + maybe("IF EXISTS ", 3) + pick({"v1", "v2"})
                         : "CREATE VIEW " + pick({"v1", "v2"}) + " AS SELECT " + column() +
                               " FROM " + table();
      default:
        return one_in(3) ? "DROP TRIGGER " + maybe("IF EXISTS ", 3) + pick({"g1", "g2"})
                         : "CREATE TRIGGER " + pick({"g1", "g2"}) + " AFTER INSERT ON " + table() +
                               " BEGIN DELETE FROM " + table() + "; END";
    }
  }

 private:
  uint64_t below(uint64_t n) { return random_() % n; }
  bool one_in(uint64_t n) { return below(n) == 0; }
  std::string pick(std::vector<std::string> from) { return from[below(from.size())]; }
  std::string maybe(const std::string& text, uint64_t n) { return one_in(n) ? text : ""; }
  std::string table() { return pick({"a", "b", "c", "[d]", "A"}); }
  std::string column() { return pick({"p", "q", "r", "s", "[t]", "Q"}); }

  std::string reference() {
    return " REFERENCES " + table() + maybe("(" + column() + ")", 2) +
           maybe(" ON DELETE CASCADE", 4) + maybe(" ON UPDATE SET NULL", 5);
  }

  std::string column_definition(const std::string& name) {
    std::string out = name + pick({" INTEGER", " TEXT", " NUMERIC(10, 2)", "", " varchar(20)"});
    if (one_in(3)) out += " NOT NULL";
    if (one_in(3)) {
      out += " DEFAULT " + pick({"1", "'x'", "NULL", "(1 + 1)", "CURRENT_TIMESTAMP", "-1", "true"});
    }
    if (one_in(9)) out += " PRIMARY KEY";
    if (one_in(8)) out += " UNIQUE";
    if (one_in(8)) out += " CHECK (" + name + " > 0)";
    if (one_in(7)) out += reference();
    if (one_in(12)) out += " AS (" + column() + ") " + pick({"STORED", "VIRTUAL"});
    return out;
  }

  std::string create_table() {
    std::string out = "CREATE TABLE " + maybe("IF NOT EXISTS ", 4) + table() + " (";
    std::vector<std::string> names = {"p", "q", "r", "s", "t"};
    std::shuffle(names.begin(), names.end(), random_);
    names.resize(1 + below(4));
    for (size_t i = 0; i < names.size(); ++i) {
      out += (i == 0 ? "" : ", ") + column_definition(names[i]);
    }
    const auto some = [&] { return names[below(names.size())]; };
    // Not the same column twice: SQLite cannot rename it then.
    const auto two = [&] {
      const std::string a = some();
      const std::string b = some();
      return a == b ? a : a + ", " + b;
    };
    if (one_in(5)) out += ", PRIMARY KEY (" + two() + ")";
    if (one_in(5)) out += ", UNIQUE (" + two() + ")";
    if (one_in(5)) out += ", FOREIGN KEY (" + some() + ")" + reference();
    if (one_in(6)) out += ", CHECK (" + some() + " <> " + some() + ")";
    return out + ")" + maybe(" WITHOUT ROWID", 10) + maybe(" STRICT", 25);
  }

  std::string create_index() {
    return "CREATE " + maybe("UNIQUE ", 3) + "INDEX " + maybe("IF NOT EXISTS ", 4) +
           pick({"i1", "i2", "i3"}) + " ON " + table() + " (" +
           (one_in(5) ? "lower(" + column() + ")" : column()) + maybe(", " + column(), 3) + ")" +
           maybe(" WHERE " + column() + " > 0", 4);
  }

  std::mt19937_64 random_;
};

uint64_t setting(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(SqliteFuzz, ModelAndEngineAgreeAfterEveryStatement) {
  const uint64_t first = setting("BELAY_FUZZ_SEED", 1);
  const uint64_t count = setting("BELAY_FUZZ_SEQUENCES", 1500);
  constexpr int kStatements = 16;
  uint64_t statements = 0;
  uint64_t undecided = 0;
  int shown = 0;
  for (uint64_t seed = first; seed < first + count && shown < 8; ++seed) {
    Writer writer(seed);
    Database database;
    Schema model(kSqlite);
    std::string script;
    for (int i = 0; i < kStatements; ++i) {
      const std::string sql = writer.statement();
      const Schema before = model;
      const std::string error = database.execute(sql);
      const ModelAnswer answer = apply(sql, model, static_cast<uint32_t>(i));
      ++statements;
      // The parser judges a text alone, and SQLite not even that where the table is there.
      const bool not_read =
          answer.why.starts_with("syntax") && sql.find("IF NOT") != std::string::npos;
      if (not_read) {
        if (error.empty()) model = before;
        continue;
      }
      const bool wrong_reject = error.empty() && answer.fails;
      const bool wrong_accept = !error.empty() && !answer.fails && !answer.may_fail;
      if (answer.may_fail && !answer.fails) ++undecided;
      if (!error.empty()) model = before;
      const bool differs =
          !error.empty() || wrong_reject ? false : lines(model) != database.schema();
      if (wrong_reject || wrong_accept || differs) {
        ++shown;
        ADD_FAILURE() << "seed " << seed << ":\n"
                      << script << "-- here:\n"
                      << sql << "\n"
                      << "SQLite: " << (error.empty() ? "accepts" : error)
                      << "\nmodel: " << (answer.why.empty() ? "accepts" : answer.why);
        if (differs) {
          EXPECT_EQ(joined(lines(model)), joined(database.schema()));
        }
        break;
      }
      if (error.empty()) script += sql + ";\n";
    }
  }
  std::printf("%llu statements, %llu of them undecided\n",
              static_cast<unsigned long long>(statements),
              static_cast<unsigned long long>(undecided));
}

}  // namespace
}  // namespace belay::schema

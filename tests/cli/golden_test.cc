// What people read: each call with its answer, in golden/<name>.txt. BELAY_UPDATE_FIXTURES=1 writes
// them anew; read the difference as somebody who sees it for the first time.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/cli/run_belay.h"

namespace belay::cli {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = BELAY_SOURCE_DIR;

struct Call {
  const char* name;
  const char* folder;  ///< from the repository's root; empty: a scratch folder with `files`
  std::vector<std::string> arguments;
  std::map<std::string, std::string> files = {};
  const char* input = "";
};

const std::vector<Call>& calls() {
  static const std::map<std::string, std::string> kOdd = {
      {"migrations/0001_odd.up.sql",
       "CREATE TABLE t (a int, \"größe 漢\" int);\n\tDROP TABLE \"größe\";\nSELECT 1 FORM t;\n" +
           std::string(200, ' ') + "DELETE FROM accounts; " + std::string(200, ' ') +
           "SELECT 1;\nUPDATE\n  accounts\nSET a = 1;\n\\connect x\n-- belay:ignore drop-tabel: "
           "why\n"},
      {"migrations/0001_odd.down.sql", "DROP TABLE t;\n"}};
  static const std::map<std::string, std::string> kBroken = {
      {"belay.toml",
       "dialect = \"postgres 15\"\nmigratons = [\"db\"]\n[rules]\ndrop-tabel = \"off\"\n"},
      {"db/0001_a.up.sql", "SELECT 1;\n"}};
  static const std::map<std::string, std::string> kVerdicts = {
      {"db/0001_shop.up.sql",
       "CREATE TABLE orders (id bigint PRIMARY KEY, note text, total numeric(10,2) NOT NULL "
       "DEFAULT "
       "0);\nCREATE INDEX orders_total_idx ON orders (total);\n"},
      {"db/0001_shop.down.sql", "DROP TABLE orders;\n"},
      {"db/0002_state.up.sql",
       "CREATE TYPE state AS ENUM ('new', 'paid');\nALTER TABLE orders ADD COLUMN state state;\n"},
      {"db/0002_state.down.sql", "ALTER TABLE orders DROP COLUMN state;\n"},
      {"db/0003_drop_note.up.sql", "ALTER TABLE orders DROP COLUMN note;\n"},
      {"db/0003_drop_note.down.sql", "ALTER TABLE orders ADD COLUMN note text;\n"},
      {"db/0004_total.up.sql", "ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,2);\n"},
      {"db/0004_total.down.sql", "ALTER TABLE orders ALTER COLUMN total TYPE numeric(10);\n"},
      {"db/0005_lines.up.sql",
       "CREATE TABLE lines (order_id bigint REFERENCES orders, part text);\nCREATE INDEX ON lines "
       "(part);\n"},
      {"db/0005_lines.down.sql", "DROP INDEX lines_part;\nDROP TABLE lines;\n"},
      {"db/0006_parts.up.sql", "DELETE FROM lines;\n"},
      {"db/0006_parts.down.sql",
       "DO $$ BEGIN RAISE EXCEPTION 'the lines are gone: restore the snapshot'; END $$;\n"},
      {"db/0007_loop.up.sql", "DO $$ BEGIN EXECUTE (SELECT text FROM scripts); END $$;\n"},
      {"db/0007_loop.down.sql", "SELECT 1;\n"},
      {"db/0008_guarded.up.sql",
       "DO $$ BEGIN\n  IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'kind') THEN\n    "
       "CREATE TYPE kind AS ENUM ('a');\n  END IF;\nEND $$;\n"},
      {"db/0008_guarded.down.sql", "DROP TYPE kind;\n"}};
  static const std::map<std::string, std::string> kNotToml = {{"belay.toml", "dialect = \n"}};
  static const std::vector<Call> kCalls = {
      {"shop", "migrations-fixtures/demo/shop", {"lint"}},
      {"shop-quiet", "migrations-fixtures/demo/shop", {"lint", "--quiet"}},
      {"shop-github", "migrations-fixtures/demo/shop", {"lint", "--format", "github"}},
      {"shop-one-file",
       "migrations-fixtures/demo/shop",
       {"lint", "migrations/0003_index_orders.up.sql"}},
      {"shop-explain-config",
       "migrations-fixtures/demo/shop",
       {"lint", "--explain-config", "--quiet"}},
      {"pop-explain-config",
       "migrations-fixtures/layouts/pop",
       {"lint", "--explain-config", "--quiet"}},
      {"odd", "", {"lint", "--dialect", "postgresql"}, kOdd},
      {"nothing-there", "", {"lint"}},
      {"stdin", "", {"lint", "-"}, {}, "ALTER TABLE orders ADD COLUMN note text NOT NULL;\n"},
      {"clean", "", {"lint", "-"}, {}, "CREATE TABLE a (x int);\n"},
      {"configuration", "", {"lint"}, kBroken},
      {"configuration-not-toml", "", {"lint"}, kNotToml},
      {"configuration-missing", "", {"lint", "--config", "nowhere.toml"}},
      {"missing-path", "", {"lint", "nowhere"}},
      {"verdict", "", {"verdict", "--dialect", "postgresql"}, kVerdicts},
      {"verdict-json",
       "",
       {"verdict", "--dialect", "postgresql", "--format", "json", "db/0005_lines.up.sql"},
       kVerdicts},
      {"rules", "", {"rules"}},
      {"explain", "", {"explain", "index-not-concurrent"}},
      {"lint-help", "", {"lint", "--help"}},
      {"down-help", "", {"down", "--help"}},
      {"repair-help", "", {"repair", "--help"}},
      {"apply-help", "", {"apply", "--help"}},
  };
  return kCalls;
}

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string shown(const Call& call, const Answer& run) {
  std::string out = "$ belay";
  for (const std::string& a : call.arguments) out += " " + a;
  out += "\n" + run.out;
  if (!run.err.empty()) out += "--- on standard error:\n" + run.err;
  return out + "--- exit code " + std::to_string(run.exit_code) + "\n";
}

class Golden : public testing::TestWithParam<Call> {};

TEST_P(Golden, ReadsAsExpected) {
  const Call& call = GetParam();
  const ScratchFolder scratch;
  for (const auto& [name, text] : call.files) scratch.write(name, text);
  RunOptions options;
  options.folder = *call.folder == '\0' ? scratch.path() : kSource / call.folder;
  options.input = call.input;
  const std::string got = shown(call, run_belay(call.arguments, options));
  EXPECT_EQ(got.find('\x1b'), std::string::npos) << "colours although it is no terminal";
  const fs::path expected = kSource / "tests/cli/golden" / (std::string(call.name) + ".txt");
  if (std::getenv("BELAY_UPDATE_FIXTURES") != nullptr) {
    std::ofstream(expected, std::ios::binary) << got;
  }
  EXPECT_EQ(read_text(expected), got)
      << "set BELAY_UPDATE_FIXTURES=1 to write " << expected << " anew, and read the change";
}

INSTANTIATE_TEST_SUITE_P(Calls, Golden, testing::ValuesIn(calls()), [](const auto& test) {
  std::string name = test.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace belay::cli

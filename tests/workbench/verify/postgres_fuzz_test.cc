// Random scripts, the model against PostgreSQL itself: after every statement both must agree
// whether it fails and what the schema is. BELAY_FUZZ_SEQUENCES sets how many scripts there are,
// BELAY_FUZZ_SEED where they begin; a disagreement prints the script that leads to it.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "analyzer/schema/replay.h"
#include "analyzer/sql/script.h"
#include "tests/analyzer/schema/print_schema.h"
#include "tests/workbench/verify/postgres_statements.h"
#include "tests/workbench/verify/round_trips.h"

namespace belay::workbench {
namespace {

using schema::Schema;

const Dialect kPostgres{Engine::kPostgres, default_version(Engine::kPostgres)};

/// print_schema.sql without what is psql's.
std::string catalog_query() {
  std::ifstream in(std::string(BELAY_SOURCE_DIR) + "/tests/analyzer/schema/print_schema.sql");
  std::string out;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("\\") && !line.starts_with("SET ")) out += line + "\n";
  }
  return out.substr(0, out.rfind(';'));
}

/// A database that is made anew after some scripts: the catalogs of one that lives on fill up.
class Server {
 public:
  explicit Server(ScratchEngine& engine) : engine_(engine) {}

  void start_script() {
    constexpr int kScriptsEach = 50;
    if (scripts_++ % kScriptsEach == 0) {
      connection_.reset();
      database_.reset();
      database_ = *engine_.create();
      connection_ = *database_->connect();
      EXPECT_TRUE(connection_->execute("SET client_min_messages = error").ok());
    } else {
      EXPECT_TRUE(connection_->execute("DROP SCHEMA public CASCADE").ok());
      EXPECT_TRUE(connection_->execute("CREATE SCHEMA public").ok());
    }
  }
  /// Empty where it succeeds.
  std::string execute(const std::string& sql) {
    const Result<void> done = connection_->execute(sql);
    return done ? "" : done.error().message;
  }
  std::string print() {
    const Result<runtime::Rows> rows = connection_->query(query_);
    if (!rows) return rows.error().to_string();
    std::string out;
    for (size_t i = 0; i < rows->rows.size(); ++i) out += rows->text(i) + "\n";
    return out;
  }

 private:
  ScratchEngine& engine_;
  const std::string query_ = catalog_query();
  int scripts_ = 0;
  std::unique_ptr<ScratchDatabase> database_;
  std::unique_ptr<runtime::Connection> connection_;
};

struct Answer {
  bool fails = false;
  bool may_fail = false;
  std::string why;
};

/// As a down, which nobody has run yet.
Answer apply(const std::string& sql, Schema& schema, uint32_t number) {
  Answer out;
  const sql::ParsedScript parsed = sql::parse_script(sql, {0, static_cast<uint32_t>(sql.size())},
                                                     kPostgres, sql::Recovery::kExact, nullptr);
  schema::Replay replay(std::move(schema));
  for (const sql::ScriptStatement& s : parsed.statements) {
    EXPECT_TRUE(s.parsed->problems.empty()) << sql;
    for (size_t o = 0; o < s.parsed->operations.size(); ++o) {
      const std::optional<schema::Failure> failure = replay.apply(*s.parsed, o, {1, number});
      if (!failure || out.fails) continue;
      (failure->certain ? out.fails : out.may_fail) = true;
      out.why = failure->message;
    }
  }
  schema = std::move(replay).take();
  return out;
}

uint64_t setting(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class PostgresFuzzTest : public OnPostgres {
 protected:
  void SetUp() override {
    OnPostgres::SetUp();
    if (!IsSkipped() && !HasFatalFailure()) server_ = std::make_unique<Server>(engine());
  }

  /// False where the two do not agree.
  bool run_script(uint64_t seed) {
    constexpr int kStatements = 20;
    StatementWriter writer(seed);
    Schema model(kPostgres);
    std::string script;
    server_->start_script();
    for (uint32_t i = 0; i < kStatements; ++i) {
      const std::string sql = writer.statement(model);
      const Schema before = model;
      const std::string error = server_->execute(sql);
      const Answer answer = apply(sql, model, i);
      ++statements_;
      if (!error.empty()) ++refused_;
      if (answer.may_fail && !answer.fails) ++undecided_;
      const bool agree = error.empty() ? !answer.fails : answer.fails || answer.may_fail;
      if (!error.empty()) model = before;
      // What the model says that it does not know cannot be compared from here on.
      if (agree && !model.uncertainties().empty()) {
        ++given_up_;
        return true;
      }
      const std::string said = error.empty() && agree ? server_->print() : "";
      if (!agree || (!said.empty() && said != schema::print(model))) {
        ADD_FAILURE() << "seed " << seed << ":\n"
                      << script << "-- here:\n"
                      << sql << ";\n"
                      << "PostgreSQL: " << (error.empty() ? "accepts" : error)
                      << "\nmodel: " << (answer.why.empty() ? "accepts" : answer.why);
        if (agree) {
          EXPECT_EQ(said, schema::print(model));
        }
        return false;
      }
      if (error.empty()) script += sql + ";\n";
    }
    return true;
  }

  std::unique_ptr<Server> server_;
  uint64_t statements_ = 0;
  uint64_t refused_ = 0;
  uint64_t undecided_ = 0;
  uint64_t given_up_ = 0;
};

TEST_P(PostgresFuzzTest, ModelAndServerAgreeAfterEveryStatement) {
  const uint64_t first = setting("BELAY_FUZZ_SEED", 1);
  const uint64_t count = setting("BELAY_FUZZ_SEQUENCES", 100);
  constexpr int kMostShown = 8;
  int shown = 0;
  for (uint64_t seed = first; seed < first + count && shown < kMostShown; ++seed) {
    if (!run_script(seed)) ++shown;
  }
  std::printf(
      "%llu statements, %llu refused, %llu undecided; %llu scripts given up\n",
      static_cast<unsigned long long>(statements_), static_cast<unsigned long long>(refused_),
      static_cast<unsigned long long>(undecided_), static_cast<unsigned long long>(given_up_));
}

INSTANTIATE_TEST_SUITE_P(Servers, PostgresFuzzTest, ::testing::ValuesIn(kPostgresServers),
                         server_name);

}  // namespace
}  // namespace belay::workbench

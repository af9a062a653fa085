// Every statement of the folder `differential` is put to SQLite and to Belay's parser.

#include <gtest/gtest.h>

#include "tests/analyzer/sql/sqlite/comparison.h"
#include "tests/analyzer/sql/sqlite/statements.h"

namespace belay::sql::sqlite {
namespace {

using Outcome = Comparison::Outcome;

TEST(SqliteDifferential, ListIsLongEnough) { EXPECT_GE(listed_statements().size(), 600U); }

TEST(SqliteDifferential, ListedStatementsAgree) {
  if (const std::string why = Oracle::unfit(); !why.empty()) GTEST_SKIP() << why;
  Oracle oracle;
  size_t excepted = 0;
  for (const ListedStatement& statement : listed_statements()) {
    const Comparison result = compare(oracle, statement.text);
    excepted += result.outcome == Outcome::kExcepted ? 1 : 0;
    if (result.outcome == Outcome::kAgree || result.outcome == Outcome::kExcepted) continue;
    ADD_FAILURE() << statement.place << ": " << result.explanation;
  }
  RecordProperty("statements", static_cast<int>(listed_statements().size()));
  RecordProperty("exceptions", static_cast<int>(excepted));
}

}  // namespace
}  // namespace belay::sql::sqlite

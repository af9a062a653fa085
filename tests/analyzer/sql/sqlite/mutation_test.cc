// Near-misses of the listed statements, put to SQLite and to Belay's parser.

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

#include "tests/analyzer/sql/sqlite/comparison.h"
#include "tests/analyzer/sql/sqlite/mutations.h"
#include "tests/analyzer/sql/sqlite/statements.h"

namespace belay::sql::sqlite {
namespace {

using Outcome = Comparison::Outcome;

/// Counts outcomes and keeps what a person has to see.
class Tally {
 public:
  void add(const Comparison& result) {
    ++counts_[static_cast<size_t>(result.outcome)];
    const bool wrong = result.outcome == Outcome::kDisagree;
    static const bool show_all = std::getenv("BELAY_SHOW_ALL") != nullptr;
    if (show_all && !wrong && !result.explanation.empty()) {
      std::printf("outcome %d: %s\n", static_cast<int>(result.outcome), result.explanation.c_str());
    }
    if (wrong && shown_++ < kMostShown) ADD_FAILURE() << result.explanation;
  }
  size_t count(Outcome outcome) const { return counts_[static_cast<size_t>(outcome)]; }
  void report() const {
    testing::Test::RecordProperty("agree", static_cast<int>(count(Outcome::kAgree)));
    std::printf("agree %zu, disagree %zu, undecided %zu, excepted %zu, other reason %zu\n",
                count(Outcome::kAgree), count(Outcome::kDisagree), count(Outcome::kUndecided),
                count(Outcome::kExcepted), count(Outcome::kOtherReason));
  }

 private:
  static constexpr int kMostShown = 40;
  std::array<size_t, 5> counts_ = {};
  int shown_ = 0;
};

std::vector<TokenTexts> accepted_statements(Oracle& oracle) {
  std::vector<TokenTexts> out;
  for (const ListedStatement& statement : listed_statements()) {
    const Verdict verdict = oracle.judge(statement.text);
    TokenTexts tokens = token_texts(statement.text);
    if (verdict.accepted() && !tokens.empty()) out.push_back(std::move(tokens));
  }
  return out;
}

uint32_t number_from_environment(const char* name, uint32_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : static_cast<uint32_t>(std::strtoul(value, nullptr, 10));
}

/// BELAY_MUTATIONS and BELAY_SEED ask for more, or other, ones.
TEST(SqliteMutations, Agree) {
  if (const std::string why = Oracle::unfit(); !why.empty()) GTEST_SKIP() << why;
  Oracle oracle;
  Mutator mutator(accepted_statements(oracle), number_from_environment("BELAY_SEED", 1));
  const uint32_t count = number_from_environment("BELAY_MUTATIONS", 20000);
  Tally tally;
  for (uint32_t i = 0; i < count; ++i) tally.add(compare(oracle, mutator.next()));
  tally.report();
  EXPECT_EQ(tally.count(Outcome::kDisagree), 0U);
  // The comparison must stay one: few cases may escape it.
  EXPECT_LT(tally.count(Outcome::kUndecided) + tally.count(Outcome::kExcepted), count / 20);
}

/// Every token of the pool behind every beginning of every accepted statement: some two million
/// cases, which take minutes. Run where BELAY_EXHAUSTIVE is set.
TEST(SqliteMutations, EveryTokenBehindEveryBeginning) {
  if (const std::string why = Oracle::unfit(); !why.empty()) GTEST_SKIP() << why;
  if (std::getenv("BELAY_EXHAUSTIVE") == nullptr) GTEST_SKIP() << "BELAY_EXHAUSTIVE is not set";
  Oracle oracle;
  Tally tally;
  for (const TokenTexts& tokens : accepted_statements(oracle)) {
    TokenTexts beginning;
    for (const std::string& token : tokens) {
      for (const std::string& next : token_pool()) {
        beginning.push_back(next);
        tally.add(compare(oracle, joined(beginning)));
        beginning.pop_back();
      }
      beginning.push_back(token);
    }
  }
  tally.report();
  EXPECT_EQ(tally.count(Outcome::kDisagree), 0U);
}

}  // namespace
}  // namespace belay::sql::sqlite

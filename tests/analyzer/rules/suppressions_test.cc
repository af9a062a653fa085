#include "analyzer/rules/suppressions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/analyzer/rules/lint_one.h"

namespace belay::rules {
namespace {

using belay::testing::SmallHistory;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kBefore =
    "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n"
    "CREATE TABLE events (id bigint PRIMARY KEY);";

/// What is left, as `rule: marked text`.
std::vector<std::string> lint(const std::string& up) {
  SmallHistory history(Engine::kPostgres, kBefore, up, "", true);
  std::vector<std::string> out;
  for (const Finding& f : history.lint()) {
    if (f.rule == "missing-down" || f.rule == "lock-timeout-missing") continue;
    out.push_back(std::string(f.rule) + ": " + std::string(f.place.range.of(up)));
  }
  return out;
}

TEST(Suppressions, SilenceTheStatementBehindThem) {
  EXPECT_THAT(lint("-- belay:ignore drop-table: nobody used it\nDROP TABLE orders;"), IsEmpty());
  EXPECT_THAT(lint("/* belay:ignore drop-table: nobody used it */ DROP TABLE orders;"), IsEmpty());
}

TEST(Suppressions, SilenceTheStatementOnTheirLine) {
  EXPECT_THAT(lint("DROP TABLE orders; -- belay:ignore drop-table: nobody used it\n"
                   "DROP TABLE events;"),
              ElementsAre("drop-table: events"));
}

TEST(Suppressions, SilenceTheStatementAroundThem) {
  EXPECT_THAT(lint("DROP TABLE\n  -- belay:ignore drop-table: nobody used it\n  orders;"),
              IsEmpty());
}

TEST(Suppressions, ReachOneStatementOnly) {
  EXPECT_THAT(lint("-- belay:ignore drop-table: nobody used it\nDROP TABLE orders;\n"
                   "DROP TABLE events;"),
              ElementsAre("drop-table: events"));
}

TEST(Suppressions, OfAFileReachAllOfIt) {
  EXPECT_THAT(lint("DROP TABLE orders;\nDROP TABLE events;\n"
                   "-- belay:ignore-file drop-table: an old prototype"),
              IsEmpty());
}

TEST(Suppressions, MayNameSeveralRules) {
  EXPECT_THAT(lint("-- belay:ignore drop-table, drop-column: cleaning up\nDROP TABLE orders;"),
              ElementsAre("unused-suppression: drop-column"));
}

TEST(Suppressions, NeedAReason) {
  EXPECT_THAT(
      lint("-- belay:ignore drop-table\nDROP TABLE orders;"),
      ElementsAre("suppression-without-reason: -- belay:ignore drop-table", "drop-table: orders"));
  EXPECT_THAT(lint("-- belay:ignore drop-table:   \nDROP TABLE orders;"),
              ElementsAre("suppression-without-reason: -- belay:ignore drop-table:   ",
                          "drop-table: orders"));
}

TEST(Suppressions, NameKnownRules) {
  const std::string up = "-- belay:ignore drop-tabel: nobody used it\nDROP TABLE orders;";
  EXPECT_THAT(lint(up), ElementsAre("unknown-rule: drop-tabel", "drop-table: orders"));
  SmallHistory history(Engine::kPostgres, kBefore, up, "", true);
  for (const Finding& f : history.lint()) {
    if (f.rule != "unknown-rule") continue;
    ASSERT_EQ(f.fixes.size(), 1U);
    EXPECT_THAT(lint(apply_edits(up, f.fixes[0].edits)), IsEmpty());
  }
}

TEST(Suppressions, SilenceRulesAboutTheHistory) {
  const auto downs = [](const std::string& up) {
    SmallHistory history(Engine::kPostgres, kBefore, up, "", true);
    std::vector<std::string_view> out;
    for (const Finding& f : history.lint()) out.push_back(f.rule);
    return out;
  };
  EXPECT_THAT(downs("CREATE TABLE t (id int);"), ElementsAre("missing-down"));
  EXPECT_THAT(
      downs("-- belay:ignore-file missing-down: nobody goes back\nCREATE TABLE t (id int);"),
      IsEmpty());
  EXPECT_THAT(
      downs("-- belay:ignore-file duplicate-version: none here\n"
            "-- belay:ignore-file missing-down: nobody goes back\nCREATE TABLE t (id int);"),
      ElementsAre("unused-suppression"));
}

TEST(Suppressions, MustSilenceSomething) {
  const std::string up = "-- belay:ignore drop-table: nobody used it\nSELECT 1;";
  EXPECT_THAT(lint(up), ElementsAre("unused-suppression: drop-table"));
  SmallHistory history(Engine::kPostgres, kBefore, up, "", true);
  const std::vector<Finding> findings = history.lint();
  for (const Finding& f : findings) {
    if (f.rule == "unused-suppression") {
      EXPECT_EQ(apply_edits(up, f.fixes[0].edits), "SELECT 1;");
    }
  }
}

TEST(Suppressions, DoNotSilenceWhatCouldNotBeRead) {
  EXPECT_THAT(lint("-- belay:ignore suppression-without-reason: why not\n-- belay:ignore truncate\n"
                   "SELECT 1;"),
              ElementsAre("unused-suppression: suppression-without-reason",
                          "suppression-without-reason: -- belay:ignore truncate"));
}

TEST(Suppressions, AreWrittenIndentedLikeTheirStatement) {
  const std::string up = "BEGIN;\n  DROP TABLE orders;\nCOMMIT;";
  const auto at = static_cast<uint32_t>(up.find("DROP"));
  const TextEdit edit = suppression_edit(up, {at, at + 17}, "drop-table");
  EXPECT_EQ(apply_edits(up, std::vector<TextEdit>{edit}),
            "BEGIN;\n  -- belay:ignore drop-table: TODO say why\n  DROP TABLE orders;\nCOMMIT;");
}

}  // namespace
}  // namespace belay::rules

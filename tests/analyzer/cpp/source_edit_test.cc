// An edit of SQL, as an edit of the C++ that it stands in.
#include "analyzer/cpp/source_edit.h"

#include <gtest/gtest.h>

#include "analyzer/cpp/weave.h"
#include "tests/analyzer/cpp/calls.h"

namespace belay::cpp {
namespace {

using std::string;

/// The source behind an edit that puts `after` in place of `before` in its SQL.
string edited(const string& source, const string& before, const string& after,
              bool parameters = false) {
  std::vector<SqlText> texts = calls_in(source);
  for (SqlText& text : texts) text.has_parameters = parameters;
  const Woven all = weave(reading_of(texts), Engine::kPostgres, source);
  const project::Script& up = all.migrations.at(0).up.value();
  const string& sql = all.texts.at(up.path);
  const auto at = static_cast<uint32_t>(sql.find(before));
  const TextEdit edit{{at, at + static_cast<uint32_t>(before.size())}, after};
  const auto edits = source_edits(*up.sources, sql, edit,
                                  [&](const string& path) -> std::optional<std::string_view> {
                                    if (path != "/a/0001.cc") return std::nullopt;
                                    return source;
                                  });
  if (!edits) return "none";
  string out = source;
  for (auto one = edits->edits.rbegin(); one != edits->edits.rend(); ++one) {
    out.replace(one->range.begin, one->range.size(), one->new_text);
  }
  return out;
}

TEST(SourceEdit, IsWrittenAsTheLiteralIs) {
  EXPECT_EQ(edited("run(\"DROP TABLE a\");\n", "TABLE", "VIEW"), "run(\"DROP VIEW a\");\n");
  EXPECT_EQ(edited("run(\"DROP TABLE a\");\n", "a", "\"b\""), "run(\"DROP TABLE \\\"b\\\"\");\n");
  EXPECT_EQ(edited("run(R\"(DROP TABLE a)\");\n", "a", "\"b\""), "run(R\"(DROP TABLE \"b\")\");\n");
  EXPECT_EQ(edited("run(\"DROP\\tTABLE a\");\n", "\t", " "), "run(\"DROP TABLE a\");\n");
}

TEST(SourceEdit, GoesThroughLiteralsSideBySide) {
  EXPECT_EQ(edited("run(\"DROP TA\" \"BLE a\");\n", "TABLE", "VIEW"),
            "run(\"DROP VIEW\" \" a\");\n");
}

TEST(SourceEdit, InsertsBeforeAndBehind) {
  const string source = "run(\"A\");\nrun(\"B\");\n";
  EXPECT_EQ(edited("run(\"CREATE INDEX i\");\n", "", "/* x */ "),
            "run(\"/* x */ CREATE INDEX i\");\n");
  EXPECT_EQ(edited(source, "\n;\nB", "; C\n;\nB"), "none") << "what stands in no literal stays";
}

TEST(SourceEdit, KeepsStatementsApart) {
  EXPECT_EQ(edited("run(\"DROP TABLE a\");\n", "a", "a; DROP TABLE b"),
            "run(\"DROP TABLE a; DROP TABLE b\");\n");
  EXPECT_EQ(edited("run(\"DROP TABLE a\");\n", "a", "a; DROP TABLE b", /*parameters=*/true), "none")
      << "a call with values takes one statement";
}

TEST(SourceEdit, LeavesTheRestOfEscapesAlone) {
  EXPECT_EQ(edited("run(\"a\\u00e9b\");\n", "\xc3", "x"), "none") << "half of a character";
  EXPECT_EQ(edited("run(\"a\\u00e9b\");\n", "é", "e"), "run(\"aeb\");\n");
  EXPECT_EQ(edited("run(\"a\\\n b\");\n", "a b", "c"), "run(\"c\");\n");
}

}  // namespace
}  // namespace belay::cpp

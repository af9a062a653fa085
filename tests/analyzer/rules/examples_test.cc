// Every example in a rule's descriptor is run: the bad ones must be reported at exactly the marked
// places, the good ones not at all. Those in C++ are run by tests/cli/cpp_lint_test.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "analyzer/rules/rule.h"
#include "tests/analyzer/rules/lint_one.h"

namespace belay::rules {
namespace {

using belay::testing::Annotated;
using belay::testing::mark;
using belay::testing::SmallHistory;

struct Found {
  std::vector<ByteRange> ranges;       ///< in the up
  std::vector<ByteRange> down_ranges;  ///< in the down
  std::vector<Finding> findings;
};

Found findings_of(std::string_view rule, const Example& example, const std::string& up) {
  SmallHistory history(example.engine, example.before, up, Annotated(example.down).text,
                       example.in_transaction, example.later, example.later_down);
  Found out;
  for (Finding& f : history.lint()) {
    if (f.rule != rule) continue;
    (f.place.path.ends_with(".up.sql") ? out.ranges : out.down_ranges).push_back(f.place.range);
    out.findings.push_back(std::move(f));
  }
  return out;
}

TEST(RuleExamples, BadOnesAreReportedAtTheMarkedPlaces) {
  for (const Rule& rule : all_rules()) {
    for (const Example& example : rule.descriptor->bad) {
      if (!example.cpp.empty()) continue;
      const Annotated source(example.sql);
      const Annotated down(example.down);
      const Found found = findings_of(rule.id(), example, source.text);
      EXPECT_EQ(mark(source.text, found.ranges), example.sql) << rule.id() << ": " << example.title;
      EXPECT_EQ(mark(down.text, found.down_ranges), example.down)
          << rule.id() << ": " << example.title;
      EXPECT_FALSE(source.ranges.empty() && down.ranges.empty())
          << rule.id() << ": a bad example without a mark";
      for (const Finding& f : found.findings) {
        EXPECT_TRUE(f.message.ends_with('.')) << rule.id() << ": " << f.message;
      }
    }
  }
}

TEST(RuleExamples, GoodOnesAreNotReported) {
  for (const Rule& rule : all_rules()) {
    for (const Example& example : rule.descriptor->good) {
      if (!example.cpp.empty()) continue;
      const Found found = findings_of(rule.id(), example, std::string(example.sql));
      EXPECT_EQ(mark(example.sql, found.ranges), example.sql)
          << rule.id() << ": " << example.title
          << (found.findings.empty() ? "" : "\n" + found.findings[0].message);
    }
  }
}

/// Setting up an example is no place for mistakes: all of it must parse, but for the rule about
/// that.
TEST(RuleExamples, Parse) {
  for (const Rule& rule : all_rules()) {
    if (rule.id() == "syntax-error") continue;
    for (const auto* examples : {&rule.descriptor->bad, &rule.descriptor->good}) {
      for (const Example& example : *examples) {
        for (const std::string& text : {std::string(example.before), Annotated(example.sql).text,
                                        Annotated(example.down).text, std::string(example.later),
                                        std::string(example.later_down)}) {
          const sql::ParsedScript script = sql::parse_script(
              text, {0, static_cast<uint32_t>(text.size())},
              {example.engine, default_version(example.engine)}, sql::Recovery::kExact, nullptr);
          for (const sql::ScriptStatement& s : script.statements) {
            if (s.parsed == nullptr) continue;
            for (const sql::Problem& p : s.parsed->problems) {
              ADD_FAILURE() << rule.id() << ": " << p.message << " in " << s.parsed->text;
            }
          }
        }
      }
    }
  }
}

/// A fix takes its own finding away and leaves no syntax error behind.
TEST(RuleExamples, FixesWork) {
  size_t fixes = 0;
  for (const Rule& rule : all_rules()) {
    for (const Example& example : rule.descriptor->bad) {
      if (!example.cpp.empty()) continue;
      const Annotated source(example.sql);
      for (const Finding& f : findings_of(rule.id(), example, source.text).findings) {
        for (const Fix& fix : f.fixes) {
          ++fixes;
          const bool in_up = f.place.path.ends_with(".up.sql");
          const std::string fixed =
              apply_edits(in_up ? source.text : Annotated(example.down).text, fix.edits);
          const std::string down = Annotated(example.down).text;
          SmallHistory history(example.engine, example.before, in_up ? fixed : source.text,
                               in_up ? down : fixed, example.in_transaction, example.later,
                               example.later_down);
          size_t left = 0;
          for (const Finding& after : history.lint()) {
            left += after.rule == rule.id() ? 1 : 0;
            EXPECT_NE(after.rule, "syntax-error") << fixed << "\n" << after.message;
          }
          EXPECT_LT(left, source.ranges.size() + Annotated(example.down).ranges.size())
              << rule.id() << ": " << fix.title << "\n"
              << fixed;
        }
      }
    }
  }
  EXPECT_GE(fixes, 5U);
}

TEST(Rules, HaveAllThatTheirPageNeeds) {
  std::set<std::string_view> ids;
  for (const Rule& rule : all_rules()) {
    const Descriptor& d = *rule.descriptor;
    EXPECT_TRUE(ids.insert(d.id).second) << d.id << " twice";
    EXPECT_THAT(std::string(d.id), ::testing::MatchesRegex("[a-z]+(-[a-z]+)*"));
    EXPECT_FALSE(d.title.empty()) << d.id;
    EXPECT_FALSE(d.title.ends_with('.')) << d.id;
    EXPECT_FALSE(d.why.empty()) << d.id;
    EXPECT_FALSE(d.instead.empty()) << d.id;
    EXPECT_EQ(rule_index(d.id), ids.size() - 1) << "not sorted: " << d.id;
  }
  EXPECT_EQ(nearest_rule("set-not-nul"), "set-not-null");
  EXPECT_EQ(rule_index("nonsense"), std::nullopt);
}

}  // namespace
}  // namespace belay::rules

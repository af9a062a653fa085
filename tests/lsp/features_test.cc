#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "lsp/features/code_actions.h"
#include "lsp/features/code_lens.h"
#include "lsp/features/diagnostics.h"
#include "lsp/features/hover.h"
#include "lsp/features/risk.h"
#include "lsp/projects.h"
#include "lsp/protocol/uri.h"
#include "tests/analyzer/project/memory_files.h"
#include "tests/support/annotated.h"

namespace belay::lsp {
namespace {

using ::belay::testing::Annotated;
using ::belay::testing::mark;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kUp = "/p/migrations/0002_change.up.sql";

/// A project in memory with one open document.
class FeaturesTest : public ::testing::Test {
 protected:
  FeaturesTest() {
    files_.write("/p/belay.toml", "dialect = \"postgresql\"\n");
    files_.write("/p/migrations/0001_start.up.sql",
                 "CREATE TABLE users (id bigint PRIMARY KEY, name text, phone text);\n"
                 "CREATE TABLE orders (id bigint PRIMARY KEY);\n");
    files_.write("/p/migrations/0001_start.down.sql", "DROP TABLE orders;\nDROP TABLE users;\n");
    files_.write("/p/migrations/0002_change.down.sql", "SELECT 1;\n");
    projects_ = std::make_unique<Projects>(files_, log_);
  }

  /// Opens the file with the text; marks are taken out of it first.
  void open(std::string_view marked, const std::string& path = kUp, bool points = true) {
    annotated_ = std::make_unique<Annotated>(marked, points);
    files_.write(path, annotated_->text);
    OpenDocument document;
    document.uri = uri_of_path(path);
    document.version = 7;
    document.revision = ++revision_;
    document.opened = document.revision;
    document.text = Document(annotated_->text);
    projects_->open_or_change(document);
    analyzed_ = projects_->find(path);
    ASSERT_TRUE(analyzed_);
  }
  FeatureInput input(ColumnUnit unit = ColumnUnit::kUtf16) const {
    return {*analyzed_, projects_->open_files(), unit};
  }
  Position point() const {
    return analyzed_->document.text.position_at(annotated_->points.at(0), ColumnUnit::kUtf16);
  }
  PositionRange marked_range() const {
    return analyzed_->document.text.positions_of(annotated_->ranges.at(0), ColumnUnit::kUtf16);
  }
  std::string hover_text(bool markdown = true) {
    const auto found = hover(input(), point(), markdown);
    return found ? found->contents : "";
  }
  std::vector<CodeAction> actions_at_mark() {
    return code_actions(input(), {"", marked_range(), {}, {}});
  }
  /// The document after an action, with nothing else done.
  std::string after(const CodeAction& action) {
    std::vector<TextEdit> edits;
    for (const auto& [range, text] : action.edit->documents.at(0).edits) {
      edits.push_back({analyzed_->document.text.lines().range_of(analyzed_->document.text.text(),
                                                                 range, ColumnUnit::kUtf16),
                       text});
    }
    return apply_edits(analyzed_->document.text.text(), edits);
  }

  project::MemoryFiles files_{};
  Log log_{Log::Level::kOff, [](Log::Level, std::string_view) {}};
  std::unique_ptr<Projects> projects_;
  std::unique_ptr<Annotated> annotated_;
  std::optional<AnalyzedDocument> analyzed_;
  uint64_t revision_ = 0;
};

std::vector<std::string> titles(const std::vector<CodeAction>& actions) {
  std::vector<std::string> out;
  for (const CodeAction& a : actions) out.push_back(a.title);
  return out;
}

const CodeAction& titled(const std::vector<CodeAction>& actions, std::string_view title) {
  for (const CodeAction& a : actions) {
    if (a.title == title) return a;
  }
  throw std::runtime_error("no action " + std::string(title));
}

TEST_F(FeaturesTest, DiagnosticsStandWhereTheFindingIs) {
  open("SET lock_timeout = '1s';\nALTER TABLE users DROP COLUMN [[phone]];\n");
  const std::vector<Diagnostic> found = diagnostics(input());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].code, "drop-column");
  EXPECT_EQ(found[0].range, marked_range());
  EXPECT_EQ(found[0].code_href, "https://belay.dev/rules/drop-column");
  EXPECT_THAT(found[0].message, HasSubstr("Cost: ACCESS EXCLUSIVE on users"));
}

TEST_F(FeaturesTest, DiagnosticsCountColumnsInTheClientsUnit) {
  open("SET lock_timeout = '1s'; SELECT 'éé𐐀'; ALTER TABLE users DROP COLUMN phone;\n");
  const auto start = [&](ColumnUnit unit) {
    return diagnostics(input(unit)).at(0).range.start.character;
  };
  // Two characters of two bytes and one of four stand before it; the last is a pair in UTF-16.
  const uint32_t utf32 = start(ColumnUnit::kUtf32);
  EXPECT_EQ(start(ColumnUnit::kUtf16), utf32 + 1);
  EXPECT_EQ(start(ColumnUnit::kUtf8), utf32 + 1 + 1 + 3);
}

TEST_F(FeaturesTest, DiagnosticsAreKnownAgainAfterEditsElsewhere) {
  open("SET lock_timeout = '1s';\nDROP TABLE orders;\nDROP TABLE users;\n");
  const std::vector<Diagnostic> before = diagnostics(input());
  open("SET lock_timeout = '1s';\n-- a comment\nDROP TABLE orders;\n\nDROP TABLE users;\n");
  const std::vector<Diagnostic> after = diagnostics(input());
  ASSERT_EQ(before.size(), after.size());
  for (size_t i = 0; i < before.size(); ++i) EXPECT_EQ(before[i].id, after[i].id);
  EXPECT_NE(before.front().id, before.back().id);
}

TEST_F(FeaturesTest, HalfAStatementIsToldAndTheRestStillAnalysed) {
  open("SET lock_timeout = '1s';\nALTER TABLE users ADD COLU\n\nDROP TABLE [[orders]];\n");
  std::vector<std::string> codes;
  for (const Diagnostic& d : diagnostics(input())) codes.push_back(d.code);
  EXPECT_THAT(codes, Contains("syntax-error"));
  EXPECT_THAT(codes, Contains("drop-table"));
}

TEST_F(FeaturesTest, MistakesOfTheConfigurationAreItsDiagnostics) {
  open("dialect = \"postgresql\"\n[[layuot]] = \"goose\"\n", "/p/belay.toml");
  const std::vector<Diagnostic> found = diagnostics(input());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].range, marked_range());
  EXPECT_EQ(found[0].severity, DiagnosticSeverity::kError);
}

TEST_F(FeaturesTest, ActionsOfferTheFixesFirst) {
  open("ALTER TABLE users DROP COLUMN [[phone]];\n");
  const std::vector<CodeAction> actions = actions_at_mark();
  ASSERT_FALSE(actions.empty());
  EXPECT_TRUE(actions[0].edit);
  EXPECT_TRUE(actions[0].is_preferred);
  EXPECT_THAT(after(actions[0]), HasSubstr("SET lock_timeout"));
  EXPECT_EQ(actions[0].edit->documents.at(0).version, 7);
  EXPECT_THAT(actions[0].diagnostics, Not(IsEmpty()));
}

TEST_F(FeaturesTest, ActionsSilenceARuleForAStatement) {
  open("SET lock_timeout = '1s';\nALTER TABLE users DROP COLUMN [[phone]];\n");
  const std::string text =
      after(titled(actions_at_mark(), "Ignore drop-column for this statement"));
  EXPECT_THAT(text, HasSubstr("-- belay:ignore drop-column: "));
  open(text, kUp, false);
  std::vector<std::string> codes;
  for (const Diagnostic& d : diagnostics(input())) codes.push_back(d.code);
  EXPECT_THAT(codes, Not(Contains("drop-column")));
}

TEST_F(FeaturesTest, ActionsSilenceARuleForAFile) {
  open("SET lock_timeout = '1s';\nDROP TABLE [[orders]];\nDROP TABLE users;\n");
  open(after(titled(actions_at_mark(), "Ignore drop-table in this file")), kUp, false);
  for (const Diagnostic& d : diagnostics(input())) EXPECT_NE(d.code, "drop-table");
}

TEST_F(FeaturesTest, ActionsOpenTheRulesPage) {
  open("SET lock_timeout = '1s';\nALTER TABLE users DROP COLUMN [[phone]];\n");
  const std::vector<CodeAction> actions = actions_at_mark();
  const CodeAction& action = titled(actions, "Open the page of drop-column");
  ASSERT_TRUE(action.command);
  EXPECT_EQ(action.command->command, "belay.openRule");
  EXPECT_EQ(action.command->arguments, R"([{"rule":"drop-column"}])");
}

TEST_F(FeaturesTest, ActionsKeepToTheRangeAndTheKind) {
  open("SET lock_timeout = '1s';\nALTER TABLE users DROP COLUMN phone;\n[[SELECT]] 1;\n");
  EXPECT_THAT(titles(actions_at_mark()), IsEmpty());
  const PositionRange everything{{0, 0}, {100, 0}};
  EXPECT_THAT(code_actions(input(), {"", everything, {}, {"quickfix"}}), Not(IsEmpty()));
  EXPECT_THAT(code_actions(input(), {"", everything, {}, {"refactor"}}), IsEmpty());
}

TEST_F(FeaturesTest, ActionsKnowDiagnosticsThatComeBackWithOrWithoutData) {
  open("SET lock_timeout = '1s';\nALTER TABLE users DROP COLUMN phone;\n[[SELECT]] 1;\n");
  const Diagnostic sent = diagnostics(input()).at(0);
  const PositionRange elsewhere = marked_range();
  for (const DiagnosticReference& reference : {DiagnosticReference{elsewhere, sent.code, sent.id},
                                               DiagnosticReference{sent.range, sent.code, ""}}) {
    EXPECT_THAT(titles(code_actions(input(), {"", elsewhere, {reference}, {}})),
                Contains("Ignore drop-column for this statement"));
  }
  EXPECT_THAT(code_actions(input(), {"", elsewhere, {{elsewhere, sent.code, "other"}}, {}}),
              IsEmpty());
}

TEST_F(FeaturesTest, HoverTellsWhatAStatementDoesCostsAndLoses) {
  open("ALTER TABLE users DROP ^COLUMN phone;\n");
  EXPECT_THAT(hover_text(), HasSubstr("**Drop column**"));
  EXPECT_THAT(hover_text(), HasSubstr("- *cost*: ACCESS EXCLUSIVE on users"));
  EXPECT_THAT(hover_text(), HasSubstr("- *lost*: the values of users.phone"));
  EXPECT_THAT(hover_text(), HasSubstr("- *risk*: high"));
}

TEST_F(FeaturesTest, HoverIsPlainTextForAClientThatWantsIt) {
  open("ALTER TABLE users DROP ^COLUMN phone;\n");
  EXPECT_THAT(hover_text(false), HasSubstr("Drop column\n"));
  EXPECT_THAT(hover_text(false), Not(HasSubstr("*")));
}

TEST_F(FeaturesTest, HoverDoesNotTakeNamesForMarkup) {
  open("DROP TABLE ^\"users_[x](y)\";\n");
  EXPECT_THAT(hover_text(), HasSubstr("users\\_\\[x\\](y)"));
}

TEST_F(FeaturesTest, HoverCoversTheStatementUnderTheCursor) {
  open("SELECT 1;\n[[DROP ^TABLE orders]];\nSELECT 2;\n");
  const auto found = hover(input(), point(), true);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->range, marked_range());
}

TEST_F(FeaturesTest, HoverOverANameCoversTheName) {
  open("SELECT 1;\nDROP TABLE [[ord^ers]];\n");
  const auto found = hover(input(), point(), true);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->range, marked_range());
}

TEST_F(FeaturesTest, HoverHasNothingToSayBetweenStatements) {
  open("DROP TABLE orders;\n\n^\n-- a comment\nSELECT 1;\n");
  EXPECT_EQ(hover_text(), "");
}

TEST_F(FeaturesTest, HoverTellsWhyAStatementIsNotUnderstood) {
  open("ALTER TABLE users ^DROP DROP DROP;\n");
  EXPECT_THAT(hover_text(), HasSubstr("Not understood"));
}

std::vector<std::string> lens_titles(const std::vector<CodeLens>& lenses) {
  std::vector<std::string> out;
  for (const CodeLens& l : lenses) out.push_back(l.command.title);
  return out;
}

TEST_F(FeaturesTest, LensesTellTheRiskOfAMigration) {
  open("-- first\n^ALTER TABLE users DROP COLUMN phone;\n");
  const std::vector<CodeLens> lenses = code_lenses(input(), {true, {}});
  EXPECT_EQ(lens_titles(lenses).at(0), "risk high · loses the values of users.phone");
  EXPECT_EQ(lenses[0].range.start, point());
  open("CREATE TABLE t (id bigint);\n");
  EXPECT_EQ(lens_titles(code_lenses(input(), {true, {}})).at(0), "risk low");
}

TEST_F(FeaturesTest, RiskAndSessionStandOverUpScriptsAlone) {
  files_.write(kUp, "SELECT 1;\n");
  open("SELECT 1;\n", "/p/migrations/0002_change.down.sql");
  EXPECT_THAT(lens_titles(code_lenses(input(), {true, {}})),
              ElementsAre("down restores the schema", "Go to the up"));
}

TEST_F(FeaturesTest, LensesFollowTheSession) {
  files_.write("/p/belay.toml", "dialect = \"sqlite\"\n[database]\nurl = \"sqlite:app.db\"\n");
  open("CREATE TABLE t (id bigint);\n");
  const std::string risk = "risk low";
  const std::string verdict = "down differs: table t stays";
  const std::string way = "Go to the down";
  const std::string folder = "/p/migrations";
  EXPECT_THAT(lens_titles(code_lenses(input(), {true, {}})),
              ElementsAre(risk, verdict, way, "Plan", "Begin session", "Apply up to here", "Commit",
                          "Rollback"));
  EXPECT_THAT(lens_titles(code_lenses(input(), {false, {}})), ElementsAre(risk, verdict, way));
  const auto session = [&](bool is_open, const std::vector<std::string>& applied) {
    KnownLedger ledger;
    for (const std::string& version : applied) {
      ledger[version].state = runtime::MigrationState::kDone;
    }
    SessionView view;
    view.open = is_open;
    view.ledger = std::make_shared<const KnownLedger>(std::move(ledger));
    return CodeLensOptions{true, {{folder, view}}};
  };
  EXPECT_THAT(lens_titles(code_lenses(input(), session(false, {}))),
              ElementsAre(risk, verdict, way, "Plan", "Begin session"));
  EXPECT_THAT(lens_titles(code_lenses(input(), session(true, {}))),
              ElementsAre(risk, verdict, way, "Plan", "Apply up to here", "Commit", "Rollback"));
  EXPECT_THAT(lens_titles(code_lenses(input(), session(true, {"0002"}))),
              ElementsAre(risk, verdict, way, "Take back", "Commit", "Rollback"));
}

TEST_F(FeaturesTest, LensCommandsSayWhatTheyAreAbout) {
  open("CREATE TABLE t (id bigint);\n");
  EXPECT_EQ(
      code_lenses(input(), {true, {}}).at(0).command.arguments,
      R"([{"uri":"file:///p/migrations/0002_change.up.sql","migration":"0002_change","version":7}])");
}

TEST_F(FeaturesTest, RiskDetailsNameTheLines) {
  open("SELECT 1;\nALTER TABLE users DROP COLUMN phone;\n");
  const DocumentScript script = scripts_in(*analyzed_).at(0);
  const std::string text = risk_details("0002_change", script.analyzed());
  EXPECT_THAT(text, HasSubstr("0002_change: risk high."));
  EXPECT_THAT(text, HasSubstr("Line 2: loses the values of users.phone; ACCESS EXCLUSIVE"));
}

TEST(Enumerated, ReadsWell) {
  EXPECT_EQ(enumerated({}, 3), "");
  EXPECT_EQ(enumerated({"a"}, 3), "a");
  EXPECT_EQ(enumerated({"a", "b"}, 3), "a and b");
  EXPECT_EQ(enumerated({"a", "b", "c"}, 3), "a, b and c");
  EXPECT_EQ(enumerated({"a", "b", "c", "d"}, 2), "a, b and 2 more");
}

}  // namespace
}  // namespace belay::lsp

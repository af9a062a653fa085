// What the language server says and does about a migration's down.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "lsp/features/code_lens.h"
#include "lsp/features/counterpart.h"
#include "lsp/features/down_actions.h"
#include "lsp/features/hover.h"
#include "lsp/features/verdict.h"
#include "lsp/projects.h"
#include "lsp/protocol/capabilities.h"
#include "lsp/protocol/uri.h"
#include "tests/analyzer/project/memory_files.h"

namespace belay::lsp {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kUp = "/p/migrations/0002_change.up.sql";
constexpr const char* kDown = "/p/migrations/0002_change.down.sql";
constexpr const char* kSections = "/p/migrations/0002_change.sql";

class RollbackFeaturesTest : public ::testing::Test {
 protected:
  RollbackFeaturesTest() {
    files_.write("/p/belay.toml", "dialect = \"postgresql\"\n");
    files_.write("/p/migrations/0001_start.up.sql",
                 "CREATE TABLE users (id bigint PRIMARY KEY, name text, phone text);\n");
    files_.write("/p/migrations/0001_start.down.sql", "DROP TABLE users;\n");
    projects_ = std::make_unique<Projects>(files_, log_);
  }

  /// A history of dbmate's files instead, with both scripts in each.
  void use_sections() {
    for (const char* file : {"0001_start.up.sql", "0001_start.down.sql"}) {
      files_.remove(std::string("/p/migrations/") + file);
    }
    files_.write("/p/migrations/0001_start.sql",
                 "-- migrate:up\nCREATE TABLE users (id bigint PRIMARY KEY, name text);\n"
                 "-- migrate:down\nDROP TABLE users;\n");
  }

  /// Opens a document without saving it.
  void open(const std::string& path, const std::string& text) {
    OpenDocument document;
    document.uri = uri_of_path(path);
    document.version = 7;
    document.revision = ++revision_;
    document.opened = document.revision;
    document.text = Document(text);
    projects_->open_or_change(document);
    look_at(path);
  }
  void look_at(const std::string& path) {
    analyzed_ = projects_->find(path);
    ASSERT_TRUE(analyzed_);
  }
  FeatureInput input() const { return {*analyzed_, projects_->open_files(), ColumnUnit::kUtf16}; }

  /// The migration with these scripts, its up in view.
  void change(const std::string& up, const std::string& down) {
    open(kDown, down);
    open(kUp, up);
  }
  std::vector<std::string> lenses() const {
    std::vector<std::string> out;
    for (const CodeLens& lens : code_lenses(input(), {true, {}})) {
      out.push_back(lens.command.title);
    }
    return out;
  }
  std::string hover_at(Position position) const {
    const auto found = hover(input(), position, true);
    return found ? found->contents : "";
  }
  std::vector<CodeAction> actions_at(Position position) const {
    return down_actions(input(), {"", {position, position}, {}, {}});
  }
  /// What the only action at the first line makes of the files.
  WorkspaceEdit edit() const {
    const std::vector<CodeAction> actions = actions_at({0, 0});
    EXPECT_EQ(actions.size(), 1U);
    if (actions.empty()) return {};
    Result<WorkspaceEdit> out = down_edit(input(), *actions.front().data);
    EXPECT_TRUE(out) << (out ? "" : out.error().to_string());
    return out ? *out : WorkspaceEdit{};
  }
  /// Does the edit as an editor would, and looks at the same document again.
  std::string apply(const WorkspaceEdit& edit) {
    const std::string here = analyzed_->path;
    const TextDocumentEdit& document = edit.documents.at(0);
    const std::string path = *path_of_uri(document.uri);
    const Document* known = text_of(input(), path);
    std::string text = known == nullptr ? "" : std::string(known->text());
    const Document before(text);
    const auto& [range, inserted] = document.edits.at(0);
    const std::vector<TextEdit> edits = {
        {before.lines().range_of(text, range, ColumnUnit::kUtf16), inserted}};
    text = apply_edits(text, edits);
    open(path, text);
    look_at(here);
    return text;
  }

  project::MemoryFiles files_{};
  Log log_{Log::Level::kOff, [](Log::Level, std::string_view) {}};
  std::unique_ptr<Projects> projects_;
  std::optional<AnalyzedDocument> analyzed_;
  uint64_t revision_ = 0;
};

// --- lens and hover ----------------------------------------------------------------------------

TEST_F(RollbackFeaturesTest, ALensSaysTheVerdict) {
  const std::vector<std::array<std::string, 3>> cases = {
      {"ALTER TABLE users ADD COLUMN age int;", "ALTER TABLE users DROP COLUMN age;",
       "down restores the schema"},
      {"ALTER TABLE users DROP COLUMN phone;", "ALTER TABLE users ADD COLUMN phone text;",
       "down restores the schema, but not the values of users.phone"},
      {"ALTER TABLE users DROP COLUMN name;", "ALTER TABLE users ADD COLUMN name text;",
       "down restores the schema in another order, but not the values of users.name"},
      {"ALTER TABLE users ADD COLUMN age int;", "SELECT 1;",
       "down differs: column users.age stays"},
      {"ALTER TABLE users ADD COLUMN age int;", "ALTER TABLE users DROP COLUMN agge;",
       "down fails: "},
      {"ALTER TABLE users DROP COLUMN phone;", "DO $$ BEGIN RAISE EXCEPTION 'no way back'; END $$;",
       "down refuses on purpose"},
      {"DO $$ BEGIN EXECUTE 'ALTER TABLE users ADD ' || current_user; END $$;", "SELECT 1;",
       "unknown: "},
  };
  for (const auto& [up, down, line] : cases) {
    change(up, down);
    EXPECT_THAT(lenses(), Contains(HasSubstr(line))) << up << "\n" << down;
  }
}

TEST_F(RollbackFeaturesTest, WithoutADownTheLensSaysSoAndNowhereIsToGo) {
  open(kUp, "ALTER TABLE users ADD COLUMN age int;\n");
  EXPECT_THAT(lenses(), ElementsAre(HasSubstr("risk"), "no down"));
}

TEST_F(RollbackFeaturesTest, ALayoutWithoutDownsIsNotToldThatItHasNone) {
  for (const char* file : {"0001_start.up.sql", "0001_start.down.sql"}) {
    files_.remove(std::string("/p/migrations/") + file);
  }
  files_.write("/p/migrations/V1__start.sql", "CREATE TABLE users (id bigint);\n");
  files_.write("/p/migrations/V2__change.sql", "ALTER TABLE users ADD COLUMN age int;\n");
  open("/p/migrations/V2__change.sql", "ALTER TABLE users ADD COLUMN age int;\n");
  EXPECT_THAT(lenses(), ElementsAre(HasSubstr("risk")));
}

TEST_F(RollbackFeaturesTest, BothScriptsHaveTheVerdictAndTheWayToTheOther) {
  change("ALTER TABLE users ADD COLUMN age int;\n", "ALTER TABLE users DROP COLUMN age;\n");
  EXPECT_THAT(lenses(),
              ElementsAre(HasSubstr("risk"), "down restores the schema", "Go to the down"));
  open(kDown, "ALTER TABLE users DROP COLUMN age;\n");
  EXPECT_THAT(lenses(), ElementsAre("down restores the schema", "Go to the up"));
}

TEST_F(RollbackFeaturesTest, ALongReasonIsCutBetweenCharacters) {
  std::string name;
  for (int i = 0; i < 31; ++i) name += "ü";
  change("CREATE TABLE " + name + " (id int);\n",
         "ALTER TABLE " + name + " DROP COLUMN " + name + ";\n");
  const std::string line = lenses().at(1);
  EXPECT_TRUE(line.ends_with("…")) << line;
  EXPECT_LE(line.size(), 120U);
  EXPECT_EQ(Document(line).text(), line);
}

TEST_F(RollbackFeaturesTest, HoverOnTheFirstStatementTellsWhatStandsBehindTheVerdict) {
  change("ALTER TABLE users DROP COLUMN phone;\nALTER TABLE users ADD COLUMN age int;\n",
         "ALTER TABLE users ADD COLUMN mail text;\n");
  EXPECT_THAT(hover_at({0, 3}),
              AllOf(HasSubstr("**Down differs: "), HasSubstr("- *verdict*: differs: "),
                    HasSubstr("- *difference*: "), HasSubstr("users.age"),
                    HasSubstr("- *lost by the up*: the values of users.phone (up, line 1)")));
  EXPECT_THAT(hover_at({1, 3}), Not(HasSubstr("verdict")));
  open(kDown, "ALTER TABLE users ADD COLUMN mail text;\n");
  EXPECT_THAT(hover_at({0, 3}), HasSubstr("*verdict*: differs"));
}

// --- from up to down ---------------------------------------------------------------------------

TEST_F(RollbackFeaturesTest, TheOtherScriptMayBeInAnotherFile) {
  change("-- why\nALTER TABLE users ADD COLUMN age int;\n",
         "\n-- back\nALTER TABLE users DROP COLUMN age;\n");
  EXPECT_THAT(counterparts(input(), {0, 0}),
              ElementsAre(Location{uri_of_path(kDown), {{2, 0}, {2, 0}}}));
  open(kDown, "\n-- back\nALTER TABLE users DROP COLUMN age;\n");
  EXPECT_THAT(counterparts(input(), {0, 0}),
              ElementsAre(Location{uri_of_path(kUp), {{1, 0}, {1, 0}}}));
}

TEST_F(RollbackFeaturesTest, TheOtherScriptMayBeInTheSameFile) {
  use_sections();
  open(kSections,
       "-- migrate:up\nALTER TABLE users ADD COLUMN age int;\n\n"
       "-- migrate:down\nALTER TABLE users DROP COLUMN age;\n");
  const std::string uri = uri_of_path(kSections);
  for (const uint32_t line : {0U, 1U}) {
    EXPECT_THAT(counterparts(input(), {line, 2}), ElementsAre(Location{uri, {{4, 0}, {4, 0}}}));
  }
  EXPECT_THAT(counterparts(input(), {4, 2}), ElementsAre(Location{uri, {{1, 0}, {1, 0}}}));
  EXPECT_THAT(lenses(), ElementsAre(HasSubstr("risk"), "down restores the schema", "Go to the down",
                                    "down restores the schema", "Go to the up"));
}

TEST_F(RollbackFeaturesTest, WithoutAnotherScriptThereIsNowhereToGo) {
  open(kUp, "ALTER TABLE users ADD COLUMN age int;\n");
  EXPECT_THAT(counterparts(input(), {0, 0}), IsEmpty());
}

// --- writing the down --------------------------------------------------------------------------

TEST_F(RollbackFeaturesTest, WritesTheDownIntoANewFile) {
  open(kUp, "ALTER TABLE users ADD COLUMN age int;\n");
  const std::vector<CodeAction> actions = actions_at({0, 0});
  ASSERT_EQ(actions.size(), 1U);
  EXPECT_EQ(actions[0].title, "Write the down migration");
  EXPECT_EQ(actions[0].kind, "quickfix") << "it answers missing-down";
  EXPECT_EQ(actions[0].diagnostics.at(0).code, "missing-down");
  const WorkspaceEdit made = edit();
  EXPECT_THAT(made.created, ElementsAre(uri_of_path(kDown)));
  EXPECT_THAT(apply(made), HasSubstr("ALTER TABLE users DROP COLUMN age;"));
  EXPECT_THAT(lenses(), Contains("down restores the schema"));
  EXPECT_THAT(actions_at({0, 0}), IsEmpty());
}

TEST_F(RollbackFeaturesTest, WritesTheDownIntoASectionOfTheSameFile) {
  use_sections();
  open(kSections, "-- migrate:up\nALTER TABLE users ADD COLUMN age int;\n");
  const WorkspaceEdit made = edit();
  EXPECT_THAT(made.created, IsEmpty());
  EXPECT_EQ(made.documents.at(0).version, 7);
  EXPECT_EQ(apply(made),
            "-- migrate:up\nALTER TABLE users ADD COLUMN age int;\n\n"
            "-- migrate:down\nALTER TABLE users DROP COLUMN age;\n");
  EXPECT_THAT(lenses(), Contains("down restores the schema"));
}

TEST_F(RollbackFeaturesTest, WritesFromWhatStandsInTheEditor) {
  change("ALTER TABLE users ADD COLUMN saved int;\n", "");
  open(kUp, "ALTER TABLE users ADD COLUMN typed int;\n");
  EXPECT_THAT(apply(edit()), AllOf(HasSubstr("DROP COLUMN typed"), Not(HasSubstr("saved"))));
  EXPECT_THAT(lenses(), Contains("down restores the schema"));
}

TEST_F(RollbackFeaturesTest, SaysInTheDownWhatDoesNotComeBack) {
  open(kUp, "ALTER TABLE users DROP COLUMN phone;\n");
  EXPECT_THAT(apply(edit()), AllOf(HasSubstr("-- "), HasSubstr("ADD COLUMN phone text")));
  EXPECT_THAT(lenses(), Contains("down restores the schema, but not the values of users.phone"));
}

TEST_F(RollbackFeaturesTest, CompletesADownWithoutTouchingWhatIsThere) {
  change("ALTER TABLE users ADD COLUMN age int;\nALTER TABLE users ADD COLUMN mail text;\n",
         "-- mine\nALTER TABLE users DROP COLUMN mail\n");
  ASSERT_EQ(actions_at({0, 0}).size(), 1U);
  EXPECT_EQ(actions_at({0, 0})[0].title, "Complete the down");
  const std::string after = apply(edit());
  EXPECT_TRUE(after.starts_with("-- mine\nALTER TABLE users DROP COLUMN mail;\n")) << after;
  EXPECT_THAT(after, HasSubstr("DROP COLUMN age"));
  EXPECT_THAT(lenses(), Contains("down restores the schema"));
  EXPECT_THAT(actions_at({0, 0}), IsEmpty());
}

TEST_F(RollbackFeaturesTest, OffersNothingWhereThereIsNothingToDo) {
  change("ALTER TABLE users ADD COLUMN age int;\n", "ALTER TABLE users DROP COLUMN age;\n");
  EXPECT_THAT(actions_at({0, 0}), IsEmpty());
  change("ALTER TABLE users DROP COLUMN phone;\n",
         "DO $$ BEGIN RAISE EXCEPTION 'no way back'; END $$;\n");
  EXPECT_THAT(actions_at({0, 0}), IsEmpty());
}

TEST_F(RollbackFeaturesTest, ActionsKeepToTheKindsThatAreAskedFor) {
  change("ALTER TABLE users ADD COLUMN age int;\nSELECT 1;\n", "");
  const auto asked = [&](const char* kind) {
    return down_actions(input(), {"", {{1, 0}, {1, 0}}, {}, {kind}}).size();
  };
  EXPECT_EQ(asked("refactor"), 1U);
  EXPECT_EQ(asked("refactor.rewrite"), 1U);
  EXPECT_EQ(asked("source"), 0U);
  EXPECT_EQ(asked("refactor.extract"), 0U);
}

TEST_F(RollbackFeaturesTest, AnActionForWhatIsGoneIsRefused) {
  open(kUp, "ALTER TABLE users ADD COLUMN age int;\n");
  CodeActionData data;
  data.uri = uri_of_path(kUp);
  data.migration = "0009_nowhere";
  const auto gone = down_edit(input(), data);
  ASSERT_FALSE(gone);
  EXPECT_THAT(gone.error().to_string(), HasSubstr("not there any more"));
}

}  // namespace
}  // namespace belay::lsp

// Inlay hints and semantic tokens.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "lsp/features/inlay_hints.h"
#include "lsp/features/semantic_tokens.h"
#include "lsp/projects.h"
#include "lsp/protocol/uri.h"
#include "tests/analyzer/project/memory_files.h"

namespace belay::lsp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr PositionRange kWhole = {{0, 0}, {1000, 0}};

class ShownTest : public ::testing::Test {
 protected:
  ShownTest() {
    files_.write("/p/belay.toml", "dialect = \"postgresql\"\n");
    files_.write("/p/migrations/1_a.up.sql",
                 "CREATE TABLE users (id bigint PRIMARY KEY, age integer, name text);\n");
    projects_ = std::make_unique<Projects>(files_, log_);
  }

  void open(const std::string& text) {
    const std::string path = "/p/migrations/2_b.up.sql";
    files_.write(path, text);
    OpenDocument document;
    document.uri = uri_of_path(path);
    document.revision = document.opened = 1;
    document.text = Document(text);
    projects_->open_or_change(document);
    analyzed_ = projects_->find(path);
  }
  FeatureInput input() const { return {*analyzed_, projects_->open_files(), ColumnUnit::kUtf16}; }

  /// `line:character label`.
  std::vector<std::string> hints(PositionRange range = kWhole) {
    std::vector<std::string> out;
    for (const InlayHint& hint : inlay_hints(input(), range, options_)) {
      out.push_back(std::to_string(hint.position.line) + ":" +
                    std::to_string(hint.position.character) + " " + hint.label);
    }
    return out;
  }
  /// `word type`, with `+` for what makes it.
  std::vector<std::string> tokens(std::optional<PositionRange> range = std::nullopt) {
    std::vector<std::string> out;
    for (const SemanticToken& token : semantic_tokens(input(), range)) {
      const ByteRange bytes = input().bytes(token.range);
      out.push_back(std::string(bytes.of(input().text().text())) + " " +
                    std::string(kSemanticTokenTypes[static_cast<size_t>(token.type)]) +
                    ((token.modifiers & kDeclaration) != 0 ? "+" : ""));
    }
    return out;
  }

  project::MemoryFiles files_{};
  Log log_{Log::Level::kOff, [](Log::Level, std::string_view) {}};
  std::unique_ptr<Projects> projects_;
  std::optional<AnalyzedDocument> analyzed_;
  InlayHintOptions options_;
};

TEST_F(ShownTest, AHintTellsLockAndRewrite) {
  open(
      "ALTER TABLE users ALTER COLUMN age TYPE text;\n"
      "CREATE INDEX i\n  ON users (name);\n"
      "UPDATE users SET name = '' WHERE id = 1;\n");
  EXPECT_THAT(hints(),
              ElementsAre("0:45 ACCESS EXCLUSIVE · rewrites", "1:14 SHARE · builds an index"));
}

TEST_F(ShownTest, OnlyWhatMattersUnlessAllIsAskedFor) {
  open("UPDATE users SET name = '' WHERE id = 1;\n");
  EXPECT_THAT(hints(), IsEmpty());
  options_.shown = ShownHints::kAll;
  EXPECT_THAT(hints(), ElementsAre(HasSubstr("ROW EXCLUSIVE")));
  options_.shown = ShownHints::kOff;
  EXPECT_THAT(hints(), IsEmpty());
}

TEST_F(ShownTest, ATableOfTheSameMigrationHoldsUpNobody) {
  open("CREATE TABLE t (a bigint);\nALTER TABLE t ADD COLUMN b text;\n");
  EXPECT_THAT(hints(), IsEmpty());
}

TEST_F(ShownTest, APlanTellsRowsAndTime) {
  open("ALTER TABLE users ALTER COLUMN age TYPE text;\nCREATE INDEX i ON users (name);\n");
  options_.sizes["/p/migrations"] = {{{"public.users", 1234567}}, {{"2", "about 40 s"}}};
  EXPECT_THAT(hints(), ElementsAre("0:45 ACCESS EXCLUSIVE · rewrites users (1,234,567 rows) · "
                                   "migration: about 40 s",
                                   "1:31 SHARE · builds an index over users (1,234,567 rows)"));
}

TEST_F(ShownTest, OnlyHintsOfTheRangeAreTold) {
  open("ALTER TABLE users ALTER COLUMN age TYPE text;\nCREATE INDEX i ON users (name);\n");
  EXPECT_THAT(hints({{1, 0}, {2, 0}}), ElementsAre(HasSubstr("1:31")));
}

TEST_F(ShownTest, WordsAreToldApart) {
  open(
      "CREATE TABLE t (a bigint, \"B\" text DEFAULT 'x'); -- why\n"
      "SELECT count(*) FROM users WHERE id > 1;\n");
  EXPECT_THAT(
      tokens(),
      ElementsAre("CREATE keyword", "TABLE keyword", "t class+", "a property+", "bigint type",
                  "\"B\" property+", "text type", "DEFAULT keyword", "'x' string", "-- why comment",
                  "SELECT keyword", "count function", "* operator", "FROM keyword", "users class",
                  "WHERE keyword", "id property", "> operator", "1 number"));
}

TEST_F(ShownTest, ATokenOfSeveralLinesIsCut) {
  open("SELECT 'éé\n𐐀' /* a\nb */;\n");
  EXPECT_THAT(tokens(), ElementsAre("SELECT keyword", "'éé string", "𐐀' string", "/* a comment",
                                    "b */ comment"));
}

TEST_F(ShownTest, OnlyTokensOfTheRangeAreTold) {
  open("SELECT 1;\nSELECT 2;\n");
  EXPECT_THAT(tokens(PositionRange{{1, 0}, {2, 0}}), ElementsAre("SELECT keyword", "2 number"));
}

}  // namespace
}  // namespace belay::lsp

// Completion: what is offered at a place, and what becomes of the text when it is taken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "lsp/features/completion/completion.h"
#include "lsp/projects.h"
#include "lsp/protocol/uri.h"
#include "tests/analyzer/project/memory_files.h"
#include "tests/support/annotated.h"

namespace belay::lsp {
namespace {

using ::belay::testing::Annotated;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kStart =
    "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, \"Phone\" text);\n"
    "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id),\n"
    "  CONSTRAINT positive CHECK (id > 0));\n"
    "CREATE INDEX orders_user ON orders (user_id);\n"
    "CREATE TYPE mood AS ENUM ('sad', 'ok');\n"
    "CREATE SCHEMA app;\n"
    "CREATE TABLE app.jobs (id bigint);\n"
    "CREATE VIEW named AS SELECT name FROM users;\n";

/// A history with one migration before the open one and one behind it.
class CompletionTest : public ::testing::Test {
 protected:
  explicit CompletionTest(std::string dialect = "postgresql", std::string start = kStart) {
    files_.write("/p/belay.toml", "dialect = \"" + dialect + "\"\n");
    files_.write("/p/migrations/0001_start.up.sql", std::move(start));
    files_.write("/p/migrations/0001_start.down.sql", "SELECT 1;\n");
    files_.write("/p/migrations/0002_now.up.sql", "ALTER TABLE users ADD COLUMN made_by_up text;\n");
    files_.write("/p/migrations/0002_now.down.sql", "SELECT 1;\n");
    files_.write("/p/migrations/0003_later.up.sql", "CREATE TABLE later (id bigint);\n");
    files_.write("/p/migrations/0003_later.down.sql", "DROP TABLE later;\n");
    projects_ = std::make_unique<Projects>(files_, log_);
  }

  CompletionList complete(std::string_view marked,
                          const std::string& path = "/p/migrations/0002_now.up.sql") {
    const Annotated annotated(marked, true);
    files_.write(path, annotated.text);
    OpenDocument document;
    document.uri = uri_of_path(path);
    document.revision = document.opened = ++revision_;
    document.text = Document(annotated.text);
    document_ = document.text;
    projects_->open_or_change(document);
    const auto analyzed = projects_->find(path);
    EXPECT_TRUE(analyzed);
    const Position position =
        document_.position_at(annotated.points.at(0), ColumnUnit::kUtf16);
    const FeatureInput input = {*analyzed, projects_->open_files(), ColumnUnit::kUtf16};
    CompletionList list = completion(input, position, options_).value_or(CompletionList{});
    for (const CompletionItem& item : list.items) {
      if (item.data) documentation_[item.label] = completion_documentation(input, *item.data, false);
    }
    return list;
  }
  std::vector<std::string> labels(std::string_view marked,
                                  const std::string& path = "/p/migrations/0002_now.up.sql") {
    CompletionList list = complete(marked, path);
    std::stable_sort(list.items.begin(), list.items.end(), [](const auto& a, const auto& b) {
      return a.sort_text < b.sort_text;
    });
    std::vector<std::string> out;
    for (const CompletionItem& item : list.items) out.push_back(item.label);
    return out;
  }
  /// Names alone, without the keywords.
  std::vector<std::string> names(std::string_view marked,
                                 const std::string& path = "/p/migrations/0002_now.up.sql") {
    std::vector<std::string> out;
    for (const CompletionItem& item : complete(marked, path).items) {
      if (item.data) out.push_back(item.label);
    }
    return out;
  }
  /// The text after an item was taken, without snippets.
  std::string taken(std::string_view marked, const std::string& label,
                    const std::string& path = "/p/migrations/0002_now.up.sql") {
    const CompletionList list = complete(marked, path);
    for (const CompletionItem& item : list.items) {
      if (item.label != label) continue;
      const auto bytes = [&](PositionRange range) {
        return document_.lines().range_of(document_.text(), range, ColumnUnit::kUtf16);
      };
      std::vector<TextEdit> edits = {{bytes(list.insert), item.new_text}};
      for (const auto& [range, text] : item.additional_edits) edits.push_back({bytes(range), text});
      std::sort(edits.begin(), edits.end(), [](const TextEdit& a, const TextEdit& b) {
        return a.range < b.range;
      });
      return apply_edits(document_.text(), edits);
    }
    return "not offered";
  }
  CompletionItem item(std::string_view marked, const std::string& label) {
    for (CompletionItem& one : complete(marked).items) {
      if (one.label == label) return one;
    }
    ADD_FAILURE() << label << " is not offered";
    return {};
  }

  testing::MemoryFiles files_;
  std::ostringstream written_;
  Log log_{written_, LogLevel::kError};
  std::unique_ptr<Projects> projects_;
  uint64_t revision_ = 0;
  Document document_;
  CompletionOptions options_;
  std::map<std::string, std::string> documentation_;
};

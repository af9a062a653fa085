#include "lsp/memory_usage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lsp/protocol/uri.h"
#include "tests/analyzer/project/memory_files.h"

namespace belay::lsp {
namespace {

constexpr const char* kTable =
    "CREATE TABLE accounts_of_customers (id bigint PRIMARY KEY, note text NOT NULL);\n";

class MemoryUsageTest : public ::testing::Test {
 protected:
  MemoryUsageTest() { files_.write("/p/belay.toml", "dialect = \"postgresql\"\n"); }

  void write(uint32_t number, const std::string& text) {
    files_.write(path(number), text);
    last_ = number;
  }
  static std::string path(uint32_t number) {
    return "/p/migrations/" + std::to_string(1000 + number) + "_step.up.sql";
  }
  MemoryUsage usage() {
    Projects projects(files_, log_);
    OpenDocument document;
    document.uri = uri_of_path(path(last_));
    document.revision = document.opened = 1;
    document.text = Document(files_.read(path(last_), 1U << 20U).value());
    projects.open_or_change(document);
    return memory_usage(projects);
  }
  static MemoryUsage::Part part(const MemoryUsage& usage, const std::string& name) {
    for (const MemoryUsage::Part& p : usage.parts) {
      if (p.name == name) return p;
    }
    throw std::runtime_error("no part " + name);
  }

  project::MemoryFiles files_{};
  Log log_{Log::Level::kOff, [](Log::Level, std::string_view) {}};
  uint32_t last_ = 0;
};

TEST_F(MemoryUsageTest, WhatMigrationsShareIsCountedOnce) {
  write(1, kTable);
  const MemoryUsage one = usage();
  EXPECT_EQ(part(one, "statements").count, 1U);
  EXPECT_GE(part(one, "texts").bytes, std::string(kTable).size());
  // Fifty migrations that change nothing: each has the table in its schema, all have the same.
  for (uint32_t i = 2; i <= 51; ++i) write(i, "SELECT " + std::to_string(i) + ";\n");
  const MemoryUsage many = usage();
  EXPECT_EQ(part(many, "schemas").count, part(one, "schemas").count);
  EXPECT_EQ(part(many, "statements").count, 51U);
  EXPECT_GT(part(many, "statements").bytes, part(one, "statements").bytes);
}

TEST_F(MemoryUsageTest, GrowsWithWhatIsHeld) {
  std::string wide = "CREATE TABLE wide (id bigint PRIMARY KEY";
  for (int i = 0; i < 200; ++i)
    wide += ", a_column_with_a_long_name_" + std::to_string(i) + " text";
  write(1, kTable);
  const MemoryUsage narrow = usage();
  write(1, wide + ");\n");
  const MemoryUsage grown = usage();
  constexpr uint64_t kLeast = 200 * 28;  // the names alone
  for (const char* name : {"texts", "statements", "schemas"}) {
    EXPECT_GT(part(grown, name).bytes, part(narrow, name).bytes + kLeast) << name;
  }
  EXPECT_GT(grown.resident, grown.total());
}

}  // namespace
}  // namespace belay::lsp

// docs/rules/ is made from the rules' descriptors. BELAY_UPDATE_FIXTURES=1 writes it anew.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "analyzer/rules/rule.h"
#include "analyzer/rules/rule_page.h"

namespace belay::rules {
namespace {

const std::filesystem::path kFolder = std::string(BELAY_SOURCE_DIR) + "/docs/rules";

bool updating() { return std::getenv("BELAY_UPDATE_FIXTURES") != nullptr; }

void expect_page(const std::string& name, const std::string& text) {
  const std::filesystem::path path = kFolder / name;
  if (updating()) {
    std::filesystem::create_directories(kFolder);
    std::ofstream(path) << text;
    return;
  }
  std::ifstream in(path);
  const std::string found{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_EQ(found, text) << path << " is out of date: run this test with BELAY_UPDATE_FIXTURES=1";
}

TEST(RulePages, AreUpToDate) {
  for (const Rule& rule : all_rules()) {
    expect_page(std::string(rule.id()) + ".md", rule_page(*rule.descriptor));
  }
  expect_page("README.md", rule_index_page());
}

TEST(RulePages, ThereIsNoneWithoutARule) {
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    const std::string stem = entry.path().stem().string();
    if (stem == "README") continue;
    EXPECT_TRUE(rule_index(stem).has_value()) << entry.path() << " belongs to no rule";
  }
}

/// Links between pages lead to pages.
TEST(RulePages, LinksHold) {
  for (const Rule& rule : all_rules()) {
    const std::string page = rule_page(*rule.descriptor);
    for (size_t at = page.find("]("); at != std::string::npos; at = page.find("](", at + 1)) {
      const std::string target = page.substr(at + 2, page.find(')', at) - at - 2);
      if (target.find("://") != std::string::npos) continue;
      EXPECT_TRUE(rule_index(target.substr(0, target.size() - 3)).has_value())
          << rule.id() << " links to " << target;
    }
  }
}

}  // namespace
}  // namespace belay::rules

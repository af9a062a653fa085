// The libraries by name, and what a belay.toml adds to them.
#include "analyzer/cpp/presets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "analyzer/project/config_schema.h"
#include "analyzer/project/cpp_names.h"

namespace belay::cpp {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Not;

TEST(CppPresets, TheConfigurationKnowsThemAll) {
  std::vector<std::string_view> names;
  for (const Preset& preset : presets()) names.push_back(preset.name);
  std::vector<std::string_view> allowed;
  for (const project::ConfigKey& key : project::config_keys()) {
    if (key.table == "cpp" && key.name == "presets") allowed = key.allowed;
  }
  EXPECT_EQ(names, allowed);
}

TEST(CppPresets, FunctionsAsTheConfigurationWritesThem) {
  const auto read = [](std::string_view text) {
    const std::optional<project::CppFunctionName> function = project::cpp_function_from(text);
    return function ? function->name + " " + std::to_string(function->argument) : "";
  };
  EXPECT_EQ(read("shop::run"), "shop::run 0");
  EXPECT_EQ(read("shop::run:1"), "shop::run 1");
  EXPECT_EQ(read("::run:12"), "run 12");
  EXPECT_EQ(read("shop::Log::operator<<"), "shop::Log::operator<< 0");
  for (const char* wrong :
       {"", ":", "run:", "run:x", "run:100", "run(sql)", "run sql", "7up", "shop::"}) {
    EXPECT_EQ(read(wrong), "") << wrong;
    project::ConfigReading reading = project::read_config(
        "[cpp]\nfunctions = [\"" + std::string(wrong) + "\"]\n", "belay.toml", {});
    EXPECT_EQ(reading.problems.size(), 1U) << wrong;
    EXPECT_TRUE(reading.config.cpp_functions.empty()) << wrong;
  }
}

TEST(CppPresets, AllWhereNoneIsNamed) {
  const auto named = [](const char* name) { return Contains(Field(&SqlFunction::name, name)); };
  EXPECT_THAT(functions_of({}), named("sqlite3_exec"));
  EXPECT_THAT(functions_of({}), named("belay::Database::execute"));
  const Selection some = {{"libpq"}, {"shop::run:1", "not a name"}, {}, {}, {}};
  EXPECT_THAT(functions_of(some), named("PQexec"));
  EXPECT_THAT(functions_of(some), Not(named("sqlite3_exec")));
  EXPECT_EQ(functions_of(some).back(), (SqlFunction{"shop::run", 1, std::nullopt}));
}

TEST(CppPresets, BasesHaveTheMethodsThatAreSaid) {
  EXPECT_EQ(shapes_of({}), own_shapes());
  const Selection selection = {{"libpq"}, {}, {"shop::Migration", "old::Step"}, {"apply"}, {}};
  EXPECT_THAT(shapes_of(selection), ElementsAre(ClassShape{"shop::Migration", {"apply"}, {"down"}},
                                                ClassShape{"old::Step", {"apply"}, {"down"}}));
}

}  // namespace
}  // namespace belay::cpp

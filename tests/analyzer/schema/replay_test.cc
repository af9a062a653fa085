// Replayed scripts, printed: each file of replay/<dialect>/ has the schema behind it beside it as
// .txt. against_postgres.sh and sqlite_test.cc ask the engines the same.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/analyzer/schema/print_schema.h"

namespace belay::schema {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(BELAY_SOURCE_DIR) / "tests/analyzer/schema/replay";

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<std::string> scripts() {
  std::vector<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(kFolder)) {
    if (entry.path().extension() == ".sql") {
      out.push_back(fs::relative(entry.path(), kFolder).replace_extension().string());
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

class Replayed : public testing::TestWithParam<std::string> {
 protected:
  Dialect dialect() const {
    const Engine engine = *engine_from_name(GetParam().substr(0, GetParam().find('/')));
    return {engine, default_version(engine)};
  }
};

TEST_P(Replayed, LeavesTheSchemaBesideIt) {
  const fs::path expected = kFolder / (GetParam() + ".txt");
  const std::string got = print(replay_text(read_text(kFolder / (GetParam() + ".sql")), dialect()));
  if (std::getenv("BELAY_UPDATE_FIXTURES") != nullptr) {
    std::ofstream(expected, std::ios::binary) << got;
  }
  EXPECT_EQ(read_text(expected), got)
      << "set BELAY_UPDATE_FIXTURES=1 to write " << expected << " anew, and read the change";
}

INSTANTIATE_TEST_SUITE_P(Scripts, Replayed, testing::ValuesIn(scripts()), [](const auto& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
});

}  // namespace
}  // namespace belay::schema

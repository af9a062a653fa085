// Downs as documents: each file of generate/<dialect>/ has the schema before and the up, parted by
// a line `-- up`, and beside it, as .down.sql, the verdict and the down that is generated.

#include "analyzer/rollback/generate/generate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/analyzer/rollback/history.h"

namespace belay::rollback {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(BELAY_SOURCE_DIR) / "tests/analyzer/rollback/generate";
constexpr std::string_view kUpMark = "-- up\n";

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<std::string> cases() {
  std::vector<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(kFolder)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".sql") || name.ends_with(".down.sql")) continue;
    out.push_back(fs::relative(entry.path(), kFolder).replace_extension().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

class Generated : public testing::TestWithParam<std::string> {};

TEST_P(Generated, IsTheDownBesideIt) {
  const Engine engine = *engine_from_name(GetParam().substr(0, GetParam().find('/')));
  const std::string text = read_text(kFolder / (GetParam() + ".sql"));
  const size_t mark = text.find(kUpMark);
  ASSERT_NE(mark, std::string::npos) << "no line `-- up`";
  const History history(std::string_view(text).substr(0, mark),
                        std::string_view(text).substr(mark + kUpMark.size()), dialect_of(engine));
  const GeneratedDown down = history.generate();
  const Reversibility verdict = history.judge_down(down.text);
  const std::string got =
      "-- " + std::string(verdict_name(verdict.verdict)) + ": " + verdict.reason + "\n" + down.text;
  const fs::path expected = kFolder / (GetParam() + ".down.sql");
  if (std::getenv("BELAY_UPDATE_FIXTURES") != nullptr) {
    std::ofstream(expected, std::ios::binary) << got;
  }
  EXPECT_EQ(read_text(expected), got)
      << "set BELAY_UPDATE_FIXTURES=1 to write " << expected << " anew, and read the change";
}

INSTANTIATE_TEST_SUITE_P(Cases, Generated, testing::ValuesIn(cases()), [](const auto& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
});

}  // namespace
}  // namespace belay::rollback

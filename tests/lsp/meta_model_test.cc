#include "tests/lsp/support/meta_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace belay::lsp::testing {
namespace {

using Json = nlohmann::json;
using ::testing::IsEmpty;
using ::testing::Not;

const MetaModel& model() { return *MetaModel::installed(); }

/// Without it nothing that goes over a wire in the tests is checked.
class MetaModelTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(MetaModel::installed(), nullptr); }
};

TEST_F(MetaModelTest, AcceptsWhatFits) {
  const Json diagnostic = Json::parse(R"({
    "range": {"start": {"line": 0, "character": 1}, "end": {"line": 2, "character": 3}},
    "severity": 2, "code": "x", "codeDescription": {"href": "https://example.org"},
    "message": "m", "tags": [1], "data": {"anything": [1]}})");
  EXPECT_THAT(model().check(diagnostic, "Diagnostic"), IsEmpty());
}

TEST_F(MetaModelTest, RefusesWhatDoesNot) {
  const char* range =
      R"("range":{"start":{"line":0,"character":1},"end":{"line":2,"character":3}})";
  for (const char* rest :
       {R"("message":5)", R"("message":"m","severity":9)", R"("message":"m","colour":"red")",
        R"("message":"m","tags":[7])", R"("code":"message is missing")",
        R"("message":"m","codeDescription":{})"}) {
    const Json diagnostic = Json::parse(std::string("{") + range + "," + rest + "}");
    EXPECT_THAT(model().check(diagnostic, "Diagnostic"), Not(IsEmpty())) << rest;
  }
  EXPECT_THAT(model().check(Json::parse(R"({"line":-1,"character":0})"), "Position"),
              Not(IsEmpty()));
}

TEST_F(MetaModelTest, ChecksWholeMessages) {
  const Json shown = {{"method", "window/showMessage"},
                      {"params", {{"type", 3}, {"message", "m"}}}};
  const MetaModel::Sender server = MetaModel::Sender::kServer;
  EXPECT_THAT(model().check_params("window/showMessage", shown, server), IsEmpty());
  EXPECT_THAT(model().check_params("window/showMessage", shown, MetaModel::Sender::kClient),
              Not(IsEmpty()));
  EXPECT_THAT(model().check_params("window/showNothing", shown, server), Not(IsEmpty()));
  EXPECT_THAT(model().check_response("shutdown", {{"id", 1}, {"result", nullptr}}), IsEmpty());
  EXPECT_THAT(model().check_response("shutdown", {{"id", 1}}), Not(IsEmpty()));
}

}  // namespace
}  // namespace belay::lsp::testing

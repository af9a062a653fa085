#include "lsp/protocol/params.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lsp/protocol/capabilities.h"
#include "lsp/protocol/results.h"

namespace belay::lsp {
namespace {

TEST(Params, ReadsChanges) {
  const auto read = read_params<DidChangeParams>(Json::parse(R"({
    "textDocument": {"uri": "file:///a.sql", "version": 4},
    "contentChanges": [
      {"range": {"start": {"line": 1, "character": 2}, "end": {"line": 3, "character": 4}},
       "rangeLength": 9, "text": "x"},
      {"text": "all"}]})"));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->version, 4);
  ASSERT_EQ(read->changes.size(), 2U);
  EXPECT_EQ(read->changes[0].range, (PositionRange{{1, 2}, {3, 4}}));
  EXPECT_FALSE(read->changes[1].range);
}

TEST(Params, DrawsNumbersOutOfRangeToItsEnds) {
  const auto read = read_params<TextDocumentPositionParams>(
      Json::parse(R"({"textDocument":{"uri":"u"},"position":{"line":-1,"character":1e30}})"));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->position, (Position{0, 4294967295U}));
}

TEST(Params, AreErrorsWhereSomethingIsMissingOrWrong) {
  for (const char* text : {"null", "[]", "{}", R"({"textDocument":null})",
                           R"({"textDocument":{"uri":5}})", R"({"textDocument":{"uri":"u"}})",
                           R"({"textDocument":{"uri":"u"},"position":{"line":"1"}})"}) {
    EXPECT_FALSE(read_params<TextDocumentPositionParams>(Json::parse(text)).ok()) << text;
  }
}

TEST(Params, ReadsTheCommandArgumentsThatWeSend) {
  CommandArguments sent;
  sent.uri = "file:///\"a\".sql";
  sent.migration = "0001_é";
  sent.version = 12;
  const Json params = {{"command", "belay.apply"},
                       {"arguments", Json::parse(command_arguments_json(sent))},
                       {"workDoneToken", "t"}};
  const auto read = read_params<ExecuteCommandParams>(params);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->arguments.uri, sent.uri);
  EXPECT_EQ(read->arguments.migration, sent.migration);
  EXPECT_EQ(read->arguments.version, 12);
  EXPECT_EQ(read->work_done_token, "\"t\"");
}

TEST(Params, ReadsABareUriAsArgument) {
  const auto read = read_params<ExecuteCommandParams>(
      Json::parse(R"({"command":"belay.status","arguments":["file:///a.sql"]})"));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->arguments.uri, "file:///a.sql");
}

TEST(Capabilities, NegotiateTheUnitOfColumns) {
  const auto negotiated = [](const char* offered) {
    const Json params = {
        {"capabilities", {{"general", {{"positionEncodings", Json::parse(offered)}}}}}};
    return read_initialize_params(params).capabilities.column_unit;
  };
  EXPECT_EQ(negotiated(R"(["utf-16","utf-8"])"), ColumnUnit::kUtf8);
  EXPECT_EQ(negotiated(R"(["utf-32","utf-16"])"), ColumnUnit::kUtf16);
  EXPECT_EQ(negotiated(R"(["utf-32"])"), ColumnUnit::kUtf32);
  EXPECT_EQ(negotiated("[]"), ColumnUnit::kUtf16);
  EXPECT_EQ(negotiated("null"), ColumnUnit::kUtf16);
}

TEST(Capabilities, OddOnesCountAsMissing) {
  for (const char* text : {"null", "[]", "5", R"({"capabilities":7})",
                           R"({"capabilities":{"textDocument":[],"workspace":"x"}})",
                           R"({"workspaceFolders":[1,{"uri":2}],"rootUri":3})"}) {
    const InitializeParams read = read_initialize_params(Json::parse(text));
    EXPECT_FALSE(read.capabilities.pull_diagnostics) << text;
    EXPECT_TRUE(read.folders.empty()) << text;
  }
}

TEST(Settings, StandAloneOrInTheirSection) {
  for (const char* text : {R"({"environment":"staging","untrusted":true,"other":1})",
                           R"({"belay":{"environment":"staging","untrusted":true}})"}) {
    const ClientSettings settings = read_client_settings(Json::parse(text));
    EXPECT_EQ(settings.environment, "staging");
    EXPECT_EQ(settings.untrusted, true);
  }
  EXPECT_FALSE(read_client_settings(Json::parse(R"({"environment":null})")).environment);
}

TEST(Settings, AnEnvironmentThatIsNoTextIsNotTheDefaultOne) {
  for (const char* text : {"5", R"(["staging"])", "true"}) {
    const std::string settings = R"({"environment":)" + std::string(text) + "}";
    EXPECT_EQ(read_client_settings(Json::parse(settings)).environment, text);
  }
}

}  // namespace
}  // namespace belay::lsp

#include "lsp/transport/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "lsp/transport/json_writer.h"
#include "lsp/transport/message.h"

namespace belay::lsp {
namespace {

TEST(Json, ReplacesWhatIsNoUnicode) {
  const std::string replacement = "\xEF\xBF\xBD";
  EXPECT_EQ(*parse_json(R"(["\ud800"])"), Json::array({replacement}));
  EXPECT_EQ(*parse_json(R"(["a\udc00b"])"), Json::array({"a" + replacement + "b"}));
  EXPECT_EQ(*parse_json(R"(["\ud800\ud800\udc00"])"),
            Json::array({replacement + "\xF0\x90\x80\x80"}));
  EXPECT_EQ(*parse_json("[\"\xFFx\"]"), Json::array({replacement + "x"}));
  EXPECT_EQ(*parse_json(R"(["\\ud800"])"), Json::array({"\\ud800"}));
}

TEST(Json, RefusesWhatIsNone) {
  for (const char* text : {"", "{", "[1,]", "{\"a\":}", "nul", "\"\\q\"", "{} {}"}) {
    EXPECT_FALSE(parse_json(text)) << text;
  }
}

TEST(Json, SurvivesNestingWithoutEnd) {
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')));
  const std::string closed = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_TRUE(parse_json(closed));
}

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  std::string out;
  JsonWriter w(out);
  w.begin_object();
  w.member("a", int64_t{-1});
  w.key("b");
  w.begin_array();
  w.boolean(true);
  w.null();
  w.string("x,");
  w.begin_object();
  w.end_object();
  w.raw("[2]");
  w.end_array();
  w.member("c", "d");
  w.end_object();
  EXPECT_EQ(out, R"({"a":-1,"b":[true,null,"x,",{},[2]],"c":"d"})");
}

TEST(JsonWriter, WritesStringsThatReadBackAsTheyWere) {
  std::mt19937 random(7);
  std::uniform_int_distribution<int> kind(0, 5);
  std::uniform_int_distribution<uint32_t> code(1, 0x10FFFF);
  for (int round = 0; round < 3000; ++round) {
    std::u32string points;
    for (int i = round % 20; i > 0; --i) {
      char32_t c = code(random);
      if (kind(random) < 3) c %= 0x80;
      if (c >= 0xD800 && c < 0xE000) c = U'\\';
      points += c;
    }
    // The other library's own dump is the reference.
    Json expected = Json::array();
    std::string text;
    for (const char32_t c : points) {
      const std::string escaped = [&] {
        std::string s;
        if (c < 0x80) {
          s += static_cast<char>(c);
        } else if (c < 0x800) {
          s += static_cast<char>(0xC0 | (c >> 6U));
          s += static_cast<char>(0x80 | (c & 0x3FU));
        } else if (c < 0x10000) {
          s += static_cast<char>(0xE0 | (c >> 12U));
          s += static_cast<char>(0x80 | ((c >> 6U) & 0x3FU));
          s += static_cast<char>(0x80 | (c & 0x3FU));
        } else {
          s += static_cast<char>(0xF0 | (c >> 18U));
          s += static_cast<char>(0x80 | ((c >> 12U) & 0x3FU));
          s += static_cast<char>(0x80 | ((c >> 6U) & 0x3FU));
          s += static_cast<char>(0x80 | (c & 0x3FU));
        }
        return s;
      }();
      text += escaped;
    }
    expected.push_back(text);
    std::string out;
    JsonWriter w(out);
    w.begin_array();
    w.string(text);
    w.end_array();
    ASSERT_EQ(Json::parse(out), expected) << out;
  }
}

TEST(JsonWriter, WritesAnyBytes) {
  std::mt19937 random(8);
  std::uniform_int_distribution<int> byte(0, 255);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes;
    for (int i = round % 12; i > 0; --i) bytes += static_cast<char>(byte(random));
    std::string out;
    JsonWriter(out).string(bytes);
    ASSERT_FALSE(Json::parse(out, nullptr, false).is_discarded()) << out;
  }
}

TEST(Message, TellsTheKindsApart) {
  EXPECT_TRUE(std::holds_alternative<RequestMessage>(read_message(R"({"id":1,"method":"m"})")));
  EXPECT_TRUE(std::holds_alternative<RequestMessage>(read_message(R"({"id":"a","method":"m"})")));
  EXPECT_TRUE(std::holds_alternative<NotificationMessage>(read_message(R"({"method":"m"})")));
  EXPECT_TRUE(std::holds_alternative<ResponseMessage>(read_message(R"({"id":1,"result":null})")));
  for (const char* text :
       {"{", "[]", "1", "{}", R"({"id":null,"method":"m"})", R"({"id":[1],"method":"m"})",
        R"({"id":1.5,"method":"m"})", R"({"id":1,"method":2})"}) {
    EXPECT_TRUE(std::holds_alternative<InvalidMessage>(read_message(text))) << text;
  }
}

TEST(Message, AnErrorThatIsNullIsNone) {
  const Message message = read_message(R"({"id":1,"result":3,"error":null})");
  EXPECT_FALSE(std::get<ResponseMessage>(message).error);
}

}  // namespace
}  // namespace belay::lsp

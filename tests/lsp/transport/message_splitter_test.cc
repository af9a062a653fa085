#include "lsp/transport/message_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace belay::lsp {
namespace {

using Event = MessageSplitter::Event;
using ::testing::ElementsAre;

/// What comes out, with `!` for a malformed header and `>` for a body that is too large.
std::vector<std::string> drain(MessageSplitter& splitter) {
  std::vector<std::string> out;
  while (true) {
    switch (splitter.next()) {
      case Event::kNeedMore: return out;
      case Event::kMessage: out.emplace_back(splitter.body()); break;
      case Event::kMalformedHeader: out.emplace_back("!"); break;
      case Event::kTooLarge: out.emplace_back(">"); break;
    }
  }
}

std::vector<std::string> split(std::string_view bytes, SplitterOptions options = {}) {
  MessageSplitter splitter(options);
  splitter.feed(bytes);
  return drain(splitter);
}

TEST(MessageSplitter, CutsMessagesByTheirLengths) {
  EXPECT_THAT(split("Content-Length: 2\r\n\r\n{}Content-Length: 3\r\n\r\n[1]"),
              ElementsAre("{}", "[1]"));
}

TEST(MessageSplitter, UnderstandsWhatOtherClientsWrite) {
  EXPECT_THAT(split("Content-Length: 2\n\n{}"), ElementsAre("{}"));
  EXPECT_THAT(split("content-length:2\r\n\r\n{}"), ElementsAre("{}"));
  EXPECT_THAT(split("Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n"
                    "Content-Length:   2  \r\n\r\n{}"),
              ElementsAre("{}"));
  EXPECT_THAT(split("\r\n\r\nContent-Length: 2\r\n\r\n{}"), ElementsAre("{}"));
}

TEST(MessageSplitter, CountsBytesNotCharacters) {
  EXPECT_THAT(split("Content-Length: 4\r\n\r\n\"é\"Content-Length: 0\r\n\r\n"),
              ElementsAre("\"é\"", ""));
}

TEST(MessageSplitter, GoesOnBehindAHeaderWithoutAUsableLength) {
  const std::string good = "Content-Length: 2\r\n\r\n{}";
  for (const char* bad :
       {"Content-Length: \r\n\r\n", "Content-Length: -5\r\n\r\n", "Content-Length: 2x\r\n\r\n",
        "Content-Length: 1e3\r\n\r\n", "Content-Length: 99999999999999999999999\r\n\r\n",
        "Content-Type: text\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"}) {
    EXPECT_THAT(split(bad + good), ElementsAre("!", "{}")) << bad;
  }
}

TEST(MessageSplitter, FindsTheNextHeaderBehindABodyThatIsLongerThanItSaid) {
  EXPECT_THAT(split("Content-Length: 2\r\n\r\n{} and moreContent-Length: 2\r\n\r\n[]"),
              ElementsAre("{}", "[]"));
}

TEST(MessageSplitter, PassesOverWhatIsTooLargeWithoutKeepingIt) {
  MessageSplitter splitter({.max_body_bytes = 10});
  splitter.feed("Content-Length: 4000000\r\n\r\n");
  EXPECT_THAT(drain(splitter), ElementsAre(">"));
  for (int i = 0; i < 4000; ++i) {
    splitter.feed(std::string(1000, 'x'));
    EXPECT_THAT(drain(splitter), ElementsAre());
  }
  splitter.feed("Content-Length: 2\r\n\r\n{}");
  EXPECT_THAT(drain(splitter), ElementsAre("{}"));
}

TEST(MessageSplitter, AnnouncedBytesNeedNotCome) {
  MessageSplitter splitter;
  splitter.feed("Content-Length: 200000000\r\n\r\nnot so much");
  EXPECT_EQ(splitter.next(), Event::kNeedMore);
  EXPECT_FALSE(splitter.between_messages());
}

TEST(MessageSplitter, GivesUpOnAHeaderWithoutAnEnd) {
  EXPECT_THAT(split(std::string(100, 'x'), {.max_header_bytes = 50}), ElementsAre("!"));
}

TEST(MessageSplitter, TellsATruncatedStreamFromAnEndedOne) {
  MessageSplitter splitter;
  EXPECT_TRUE(splitter.between_messages());
  splitter.feed("Content-Len");
  EXPECT_EQ(splitter.next(), Event::kNeedMore);
  EXPECT_FALSE(splitter.between_messages());
  splitter.feed("gth: 2\r\n\r\n{");
  EXPECT_EQ(splitter.next(), Event::kNeedMore);
  EXPECT_FALSE(splitter.between_messages());
  splitter.feed("}");
  EXPECT_EQ(splitter.next(), Event::kMessage);
  EXPECT_TRUE(splitter.between_messages());
}

TEST(MessageSplitter, DoesNotDependOnHowTheBytesArrive) {
  std::mt19937 random(20261121);
  const auto up_to = [&](size_t n) { return std::uniform_int_distribution<size_t>(0, n)(random); };
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (size_t i = up_to(6); i-- > 0;) {
      const std::string body(up_to(40), static_cast<char>('a' + up_to(25)));
      switch (up_to(4)) {
        case 0: bytes += "Content-Length: oops\r\n\r\n"; break;
        case 1: bytes += "Content-Length: " + std::to_string(body.size()) + "\n\n" + body; break;
        default: bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
      }
    }
    const SplitterOptions options = {.max_body_bytes = 30};
    const std::vector<std::string> expected = split(bytes, options);
    MessageSplitter splitter(options);
    std::vector<std::string> actual;
    for (size_t at = 0; at < bytes.size();) {
      const size_t n = 1 + up_to(std::min<size_t>(15, bytes.size() - at - 1));
      splitter.feed(std::string_view(bytes).substr(at, n));
      for (std::string& s : drain(splitter)) actual.push_back(std::move(s));
      at += n;
    }
    ASSERT_EQ(actual, expected) << bytes;
  }
}

}  // namespace
}  // namespace belay::lsp

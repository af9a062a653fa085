#include "lsp/transport/message_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <optional>
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

/// A stream that a bad client could send, and the messages in it that can be found. How many there
/// are BELAY_FUZZ_STREAMS sets, BELAY_FUZZ_SEED where they begin.
class BadStream {
 public:
  explicit BadStream(uint64_t seed) : random_(seed) {
    for (size_t i = 1 + up_to(12); i-- > 0;) add_piece();
  }

  static constexpr SplitterOptions kOptions = {.max_body_bytes = 60, .max_header_bytes = 400};

  /// Fed in pieces of random lengths.
  std::vector<std::string> found() {
    MessageSplitter splitter(kOptions);
    std::vector<std::string> out;
    for (size_t at = 0; at < bytes_.size();) {
      const size_t n = 1 + up_to(chance(50) ? 3 : 200);
      splitter.feed(std::string_view(bytes_).substr(at, n));
      at += n;
      while (const std::optional<std::string> message = next(splitter)) out.push_back(*message);
    }
    return out;
  }

  /// Destroys some of it, so that nothing is promised any more.
  void damage() {
    for (size_t i = 1 + up_to(5); i-- > 0 && !bytes_.empty();) {
      const size_t at = up_to(bytes_.size() - 1);
      switch (up_to(2)) {
        case 0: bytes_.erase(at, 1 + up_to(30)); break;
        case 1: bytes_.insert(at, garbage(20)); break;
        default: bytes_[at] = static_cast<char>(up_to(255));
      }
    }
  }

  const std::string& bytes() const { return bytes_; }
  const std::vector<std::string>& expected() const { return expected_; }

 private:
  size_t up_to(size_t most) { return std::uniform_int_distribution<size_t>(0, most)(random_); }
  bool chance(size_t percent) { return up_to(99) < percent; }

  static std::optional<std::string> next(MessageSplitter& splitter) {
    while (true) {
      switch (splitter.next()) {
        case Event::kNeedMore: return std::nullopt;
        case Event::kMessage: return std::string(splitter.body());
        default: break;
      }
    }
  }

  /// Without the name of a header in it.
  std::string garbage(size_t most) {
    static constexpr std::string_view kBytes("ab:{}\r\n\n -\0\xFF\xC3\xA4 7", 17);
    std::string out;
    for (size_t i = up_to(most); i-- > 0;) out += kBytes[up_to(kBytes.size() - 1)];
    return out;
  }
  std::string header(const std::string& length) {
    static constexpr std::array<const char*, 3> kNames = {
        "Content-Length: ", "content-length:", "CONTENT-LENGTH:\t"};
    const char* end = chance(20) ? "\n" : "\r\n";
    std::string out = kNames[up_to(2)] + length + end;
    if (chance(20)) out = "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n" + out;
    if (chance(20)) out += "X-Other: 1" + std::string(end);
    return out + end;
  }
  std::string body(size_t least, size_t most) {
    std::string out;
    for (size_t i = least + up_to(most - least); out.size() < i;) {
      out += chance(20) ? "Content-Length: 3\r\n\r\n" : garbage(9);
    }
    return out;
  }

  void add_piece() {
    switch (up_to(4)) {
      case 0: bytes_ += garbage(60); break;
      case 1: {
        static constexpr std::array<const char*, 6> kLengths = {
            "", "-1", "2x", "1e3", "0x10", "99999999999999999999999"};
        bytes_ += header(kLengths[up_to(5)]);
        break;
      }
      case 2: {
        const std::string large = body(kOptions.max_body_bytes + 1, 300);
        bytes_ += header(std::to_string(large.size())) + large;
        break;
      }
      default: {
        std::string good = body(0, 30).substr(0, kOptions.max_body_bytes);
        bytes_ += header(std::to_string(good.size())) + good;
        expected_.push_back(std::move(good));
      }
    }
  }

  std::mt19937_64 random_;
  std::string bytes_;
  std::vector<std::string> expected_;
};

uint64_t setting(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::stoull(value);
}

TEST(MessageSplitter, FindsEveryGoodMessageAmongBadOnes) {
  const uint64_t first = setting("BELAY_FUZZ_SEED", 1);
  const uint64_t count = setting("BELAY_FUZZ_STREAMS", 3000);
  for (uint64_t seed = first; seed < first + count; ++seed) {
    BadStream stream(seed);
    ASSERT_EQ(stream.found(), stream.expected()) << "seed " << seed << "\n" << stream.bytes();
    stream.damage();
    stream.found();
  }
}

}  // namespace
}  // namespace belay::lsp

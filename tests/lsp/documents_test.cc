#include "lsp/documents.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace belay::lsp {
namespace {

Log& silent_log() {
  static Log log(Log::Level::kOff, [](Log::Level, std::string_view) {});
  return log;
}

TextDocumentItem item(std::string uri, int64_t version, std::string text) {
  return {std::move(uri), "sql", version, std::move(text)};
}

TEST(Documents, FollowTheClient) {
  Documents documents(silent_log());
  documents.open(item("file:///a.sql", 1, "select 1"));
  documents.change({"file:///a.sql", 2, {{PositionRange{{0, 7}, {0, 8}}, "2;\n"}}});
  const OpenDocument* document = documents.find("file:///a.sql");
  ASSERT_NE(document, nullptr);
  EXPECT_EQ(document->text.text(), "select 2;\n");
  EXPECT_EQ(document->version, 2);
  EXPECT_TRUE(documents.close("file:///a.sql"));
  EXPECT_EQ(documents.find("file:///a.sql"), nullptr);
}

TEST(Documents, AreTheSameHoweverTheirUriIsWritten) {
  Documents documents(silent_log());
  documents.open(item("file:///c%3A/a.sql", 1, "x"));
  EXPECT_NE(documents.find("file:///c:/a.sql"), nullptr);
}

TEST(Documents, IgnoreWhatIsNotOpen) {
  Documents documents(silent_log());
  EXPECT_EQ(documents.change({"file:///a.sql", 2, {{std::nullopt, "x"}}}), nullptr);
  EXPECT_FALSE(documents.close("file:///a.sql"));
}

TEST(Documents, TakeTheTextOfAnOlderVersionForWhatItIs) {
  Documents documents(silent_log());
  documents.open(item("file:///a.sql", 5, "x"));
  const uint64_t revision = documents.find("file:///a.sql")->revision;
  const OpenDocument* changed = documents.change({"file:///a.sql", 3, {{std::nullopt, "y"}}});
  ASSERT_NE(changed, nullptr);
  EXPECT_EQ(changed->text.text(), "y");
  EXPECT_GT(changed->revision, revision);
}

TEST(Documents, OpenedAgainAreOthers) {
  Documents documents(silent_log());
  const uint64_t first = documents.open(item("file:///a.sql", 1, "x")).opened;
  documents.open(item("file:///a.sql", 1, "z"));
  EXPECT_EQ(documents.find("file:///a.sql")->text.text(), "z");
  EXPECT_NE(documents.find("file:///a.sql")->opened, first);
}

/// The simplest text that can be: characters, and positions found by counting them.
class ReferenceText {
 public:
  explicit ReferenceText(std::u32string text) : text_(std::move(text)) {}

  void apply(PositionRange range, const std::u32string& text, ColumnUnit unit) {
    const size_t a = offset(range.start, unit);
    const size_t b = offset(range.end, unit);
    text_.replace(std::min(a, b), std::max(a, b) - std::min(a, b), text);
  }
  size_t lines() const {
    size_t out = 1;
    for (size_t i = 0; i < text_.size(); ++i) out += ends_line(i) ? 1 : 0;
    return out;
  }
  std::string utf8() const {
    std::string out;
    for (const char32_t c : text_) out += encoded(c);
    return out;
  }
  static std::string encoded(char32_t c) {
    std::string out;
    const auto tail = [&](unsigned shift) {
      out += static_cast<char>(0x80U | ((c >> shift) & 0x3FU));
    };
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x800) {
      out += static_cast<char>(0xC0U | (c >> 6U));
      tail(0);
    } else if (c < 0x10000) {
      out += static_cast<char>(0xE0U | (c >> 12U));
      tail(6), tail(0);
    } else {
      out += static_cast<char>(0xF0U | (c >> 18U));
      tail(12), tail(6), tail(0);
    }
    return out;
  }

 private:
  bool ends_line(size_t i) const {
    return text_[i] == U'\n' ||
           (text_[i] == U'\r' && (i + 1 == text_.size() || text_[i + 1] != U'\n'));
  }
  static uint32_t width(char32_t c, ColumnUnit unit) {
    if (unit == ColumnUnit::kUtf32) return 1;
    if (unit == ColumnUnit::kUtf16) return c < 0x10000 ? 1 : 2;
    return static_cast<uint32_t>(encoded(c).size());
  }
  size_t offset(Position p, ColumnUnit unit) const {
    size_t at = 0;
    for (uint32_t line = 0; line < p.line; ++line) {
      while (at < text_.size() && !ends_line(at)) ++at;
      if (at == text_.size()) return at;
      ++at;
    }
    uint32_t column = 0;
    while (at < text_.size() && text_[at] != U'\n' && text_[at] != U'\r' &&
           column + width(text_[at], unit) <= p.character) {
      column += width(text_[at++], unit);
    }
    return at;
  }

  std::u32string text_;
};

TEST(Documents, AgreeWithAReferenceThroughRandomEdits) {
  const char* wanted = std::getenv("BELAY_FUZZ_EDITS");
  const int edits_wanted = wanted == nullptr ? 100'000 : std::stoi(wanted);
  constexpr int kEditsOfOne = 200;  // keeps texts short enough for the slow reference
  // With two-byte letters, CJK, a combining mark, what joins emoji, and pairs of UTF-16.
  const std::u32string alphabet = U"ab ;'\n\n\r\r\té߀漢字\u0301\u200D😀👩𐐀";
  std::mt19937 random(42);
  const auto up_to = [&](size_t n) { return std::uniform_int_distribution<size_t>(0, n)(random); };
  const auto random_text = [&](size_t most) {
    std::u32string out;
    for (size_t i = up_to(most); i-- > 0;) out += alphabet[up_to(alphabet.size() - 1)];
    return out;
  };
  // Somewhat beyond the ends, too, and sometimes far.
  const auto random_position = [&](size_t lines) {
    constexpr uint32_t kFar = 4'000'000'000;
    return Position{up_to(50) == 0 ? kFar : static_cast<uint32_t>(up_to(lines)),
                    up_to(50) == 0 ? kFar : static_cast<uint32_t>(up_to(12))};
  };
  int edits = 0;
  while (edits < edits_wanted) {
    const auto unit = static_cast<ColumnUnit>(up_to(2));
    ReferenceText reference(random_text(120));
    Documents documents(silent_log());
    documents.set_column_unit(unit);
    documents.open(item("u:1", 0, reference.utf8()));
    for (int i = 0; i < kEditsOfOne; ++i) {
      DidChangeParams params{"u:1", i + 1, {}};
      for (size_t n = 1 + up_to(2); n-- > 0; ++edits) {
        Position a = random_position(reference.lines());
        Position b = random_position(reference.lines());
        if (b < a) std::swap(a, b);
        const std::u32string text = random_text(6);
        reference.apply({a, b}, text, unit);
        std::string bytes;
        for (const char32_t c : text) bytes += ReferenceText::encoded(c);
        params.changes.push_back({PositionRange{a, b}, bytes});
      }
      documents.change(params);
      ASSERT_EQ(documents.find("u:1")->text.text(), reference.utf8())
          << "after " << edits << " edits, unit " << static_cast<int>(unit);
    }
  }
}

}  // namespace
}  // namespace belay::lsp

// Random literals of all kinds: their bytes must be those that they were written for and those that
// Clang gives them, each at what stands for it; and random edits must come out as they were meant.
// BELAY_FUZZ_LITERALS sets how many literals there are, BELAY_FUZZ_SEED where they begin.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <random>

#include "analyzer/cpp/literal.h"
#include "tests/analyzer/cpp/sample.h"

namespace belay::cpp {
namespace {

using std::string;

/// A literal with what it means by the way it was made.
struct Made {
  string spelling;
  string bytes;
  std::vector<ByteRange> places;  ///< in the spelling
};

class Maker {
 public:
  explicit Maker(uint64_t seed) : random_(seed) {}

  Made literal() {
    made_ = {};
    if (one_in(3)) {
      raw();
    } else {
      ordinary();
    }
    return std::move(made_);
  }

  /// What an edit may put in.
  string text() {
    string out;
    for (size_t n = below(5); n > 0; --n) out += one_of(kPlain);
    return out;
  }
  size_t below(size_t n) { return random_() % n; }

 private:
  // Characters and what looks like the beginning of something else. No NUL: texts of C end there.
  static constexpr const char* kPlain[] = {
      "a",  "Z", "0",  "7",  "f",  " ", "'",  "?", "?\?/",   "?\?=", "(",
      ")",  "{", "%s", "\t", "//", "#", "/*", "R", "\u00e9", "€",    "\xf0\x9f\x90\x8d",
      "u8", "--"};

  bool one_in(size_t n) { return below(n) == 0; }
  template <class T, size_t n>
  T one_of(T const (&all)[n]) {
    return all[below(n)];
  }

  /// Bytes of the value that all stand in the same piece of the source.
  void add(const string& bytes, const string& written) {
    const auto begin = static_cast<uint32_t>(made_.spelling.size());
    made_.spelling += written;
    made_.bytes += bytes;
    made_.places.insert(made_.places.end(), bytes.size(),
                        {begin, static_cast<uint32_t>(made_.spelling.size())});
  }
  void add_each(const string& text) {
    for (const char c : text) add({c}, {c});
  }

  void raw() {
    const string delimiter =
        one_of({"", "x", "sql", "R", "u8", "--", "_0123456789abcde", "'", "/*"});
    made_.spelling = (one_in(4) ? "u8R\"" : "R\"") + delimiter + "(";
    for (size_t n = below(10); n > 0; --n) {
      switch (below(6)) {
        case 0: add("\n", one_in(2) ? "\r\n" : "\n"); break;
        case 1: add_each(one_of({"\"", ")\"", "\\n", "\\", "\\u00e9"})); break;
        default: add_each(one_of(kPlain)); break;
      }
    }
    // The first place where it could end is where it ends.
    const string end = ")" + delimiter + "\"";
    const size_t found = (made_.spelling + end).find(end, made_.spelling.find('(') + 1);
    if (found < made_.spelling.size()) return raw_anew();
    made_.spelling += end;
  }
  void raw_anew() {
    made_ = {};
    raw();
  }

  void ordinary() {
    made_.spelling = one_in(4) ? "u8\"" : "\"";
    for (size_t n = below(10); n > 0; --n) {
      if (one_in(6)) made_.spelling += one_of({"\\\n", "\\\r\n", "\\ \t\n"});
      if (one_in(3)) {
        escape();
      } else {
        add_each(one_of(kPlain));
      }
    }
    made_.spelling += '"';
  }

  void escape() {
    switch (below(6)) {
      case 0: return simple();
      case 1: return by_number("%03o", one_in(2));
      case 2: return by_number("x%x", false);
      case 3: return character(one_in(2));
      case 4: return braced();
      default: return octal_of_less();
    }
  }
  void simple() {
    constexpr std::pair<char, char> kAll[] = {
        {'n', '\n'}, {'t', '\t'},  {'r', '\r'}, {'a', '\a'},  {'b', '\b'}, {'f', '\f'},
        {'v', '\v'}, {'\\', '\\'}, {'"', '"'},  {'\'', '\''}, {'?', '?'},  {'e', '\x1b'}};
    const auto [written, meant] = one_of(kAll);
    add({meant}, joined(string{'\\', written}));
  }
  /// An ASCII character, so that the whole stays text. Behind digits without an end stands a letter
  /// that is none.
  void by_number(const char* format, bool joint) {
    const char c = static_cast<char>(1 + below(0x7f));
    char digits[8];
    (void)std::snprintf(digits, sizeof digits, format, static_cast<unsigned>(c));
    add({c}, joint ? joined(string("\\") + digits) : string("\\") + digits);
    if (format[0] == 'x') add_each("g");
  }
  /// One or two octal digits, and no third behind them.
  void octal_of_less() {
    const char c = static_cast<char>(1 + below(077));
    char digits[8];
    (void)std::snprintf(digits, sizeof digits, "\\%o", static_cast<unsigned>(c));
    add({c}, digits);
    add_each("8");
  }
  void character(bool is_long) {
    constexpr std::pair<const char*, unsigned> kAll[] = {
        {"\u00e9", 0xe9}, {"€", 0x20ac}, {"\xf0\x9f\x90\x8d", 0x1f40d}, {"ß", 0xdf}};
    const auto [bytes, code] = one_of(kAll);
    char digits[16];
    const bool fits = code <= 0xffff && !is_long;
    (void)std::snprintf(digits, sizeof digits, fits ? "\\u%04x" : "\\U%08X", code);
    add(bytes, joined(digits));
  }
  void braced() {
    switch (below(3)) {
      case 0: return add("A", joined("\\x{041}"));
      case 1: return add("A", joined("\\o{101}"));
      default: return add("€", joined("\\u{20ac}"));
    }
  }
  /// Now and then with a joint of lines within.
  string joined(string escape) {
    if (one_in(8)) escape.insert(1 + below(escape.size() - 1), "\\\n");
    return escape;
  }

  std::mt19937_64 random_;
  Made made_;
};

uint64_t fuzz_setting(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// What Clang and the reader make of literals, one after the other.
void expect_read(const std::vector<Made>& all) {
  string source = R"(#include <belay/migrations.h>
class Sample : public belay::Migration {
 public:
  std::string version() const override { return "1"; }
  std::string description() const override { return ""; }
  void up(belay::Database& db) override {
)";
  std::vector<uint32_t> begins;
  for (const Made& made : all) {
    source += made.spelling.starts_with("u8") ? "db.execute(reinterpret_cast<const char*>("
                                              : "db.execute((";
    begins.push_back(static_cast<uint32_t>(source.size()));
    source += made.spelling + "));\n";
  }
  source += "  }\n};\n";
  Request request = request_for(source);
  request.engines = {Engine::kSqlite};
  const Reading reading = read_source(request);
  ASSERT_TRUE(reading.errors.empty()) << reading.errors.front();
  ASSERT_EQ(reading.migrations.size(), 1U);
  const std::vector<SqlText>& texts = reading.migrations[0].up[0].texts;
  ASSERT_EQ(texts.size(), all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(texts[i].text, all[i].bytes) << all[i].spelling;
    ASSERT_EQ(texts[i].places.size(), all[i].places.size()) << all[i].spelling;
    for (size_t n = 0; n < all[i].places.size(); ++n) {
      ASSERT_EQ(texts[i].places[n].range, all[i].places[n].shifted(begins[i]))
          << all[i].spelling << " at byte " << n;
    }
  }
}

bool is_within_character(const string& text, size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

/// A random edit of the literal; the literal behind it, or none where it cannot be written.
std::optional<Made> edited(const Made& made, Maker& maker) {
  const auto literal = read_literal(made.spelling, 0);
  const size_t size = made.bytes.size();
  const auto begin = static_cast<uint32_t>(maker.below(size + 1));
  const auto end = begin + static_cast<uint32_t>(maker.below(size - begin + 1));
  if (is_within_character(made.bytes, begin) || is_within_character(made.bytes, end)) {
    return std::nullopt;
  }
  const string text = maker.text();
  const auto edit = edit_of(made.spelling, *literal, {begin, end}, text);
  if (!edit) return std::nullopt;
  Made out = made;
  out.spelling.replace(edit->range.begin, edit->range.size(), edit->text);
  out.bytes.replace(begin, end - begin, text);
  const auto again = read_literal(out.spelling, 0);
  if (again) out.places = again->places;
  return out;
}

TEST(LiteralFuzz, EveryByteStandsWhereItWasWritten) {
  const uint64_t first = fuzz_setting("BELAY_FUZZ_SEED", 1);
  const uint64_t count = fuzz_setting("BELAY_FUZZ_LITERALS", 4000);
  constexpr uint64_t kAtOnce = 2000;
  uint64_t edits = 0;
  for (uint64_t begin = 0; begin < count; begin += kAtOnce) {
    Maker maker(first + begin / kAtOnce);
    std::vector<Made> literals;
    std::vector<Made> behind;
    for (uint64_t i = begin; i < std::min(count, begin + kAtOnce); ++i) {
      literals.push_back(maker.literal());
      const Made& made = literals.back();
      const auto read = read_literal(made.spelling, 0);
      ASSERT_TRUE(read) << made.spelling;
      ASSERT_EQ(read->bytes, made.bytes) << made.spelling;
      ASSERT_EQ(read->places, made.places) << made.spelling;
      ASSERT_EQ(read->range.end, made.spelling.size());
      if (auto one = edited(made, maker)) behind.push_back(*std::move(one));
    }
    edits += behind.size();
    expect_read(literals);
    expect_read(behind);
    if (HasFatalFailure()) FAIL() << "seed " << first + begin / kAtOnce;
  }
  EXPECT_GT(edits, count / 2);
  RecordProperty("edits", static_cast<int>(edits));
}

}  // namespace
}  // namespace belay::cpp

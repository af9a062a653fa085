// A source is first joined at backslashes before line ends, and only then read as tokens; a raw
// literal takes that back. So an ordinary literal is read through `Reader`, which passes over such
// joints wherever they stand, even within an escape sequence, and a raw one byte by byte.
#include "analyzer/cpp/literal.h"

#include <algorithm>
#include <utility>

#include "support/ascii.h"

namespace belay::cpp {
namespace {

/// The source without its joints.
class Reader {
 public:
  Reader(std::string_view source, uint32_t at) : source_(source), at_(at) { pass_joints(); }

  bool at_end() const { return at_ >= source_.size(); }
  char peek() const { return at_end() ? '\0' : source_[at_]; }
  uint32_t at() const { return at_; }
  /// Where the character that was read last ends; joints behind it do not belong to it.
  uint32_t end_of_last() const { return last_end_; }

  char next() {
    const char c = peek();
    last_end_ = ++at_;
    pass_joints();
    return c;
  }

 private:
  /// A backslash, blanks as GCC and Clang allow them there, and the end of the line.
  void pass_joints() {
    while (at_ < source_.size() && source_[at_] == '\\') {
      size_t i = at_ + 1;
      while (i < source_.size() && (source_[i] == ' ' || source_[i] == '\t')) ++i;
      if (i < source_.size() && source_[i] == '\r') ++i;
      if (i >= source_.size() || source_[i] != '\n') return;
      at_ = static_cast<uint32_t>(i + 1);
    }
  }

  std::string_view source_;
  uint32_t at_;
  uint32_t last_end_ = 0;
};

int digit_of(char c, int base) {
  const int value = ascii::is_digit(c)       ? c - '0'
                    : (c >= 'a' && c <= 'f') ? c - 'a' + 10
                    : (c >= 'A' && c <= 'F') ? c - 'A' + 10
                                             : 99;
  return value < base ? value : -1;
}

constexpr uint32_t kLargestCodePoint = 0x10FFFF;
constexpr int kHexadecimal = 16;
constexpr int kOctal = 8;

/// UTF-8; empty for what is no character.
std::string encoded(uint32_t code) {
  constexpr uint32_t kSixBits = 0x3F;
  const auto tail = [&](unsigned shift) {
    return static_cast<char>(0x80U | ((code >> shift) & kSixBits));
  };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xC0U | (code >> 6U)), tail(0)};
  if (code >= 0xD800 && code <= 0xDFFF) return {};
  if (code < 0x10000) return {static_cast<char>(0xE0U | (code >> 12U)), tail(6), tail(0)};
  if (code > kLargestCodePoint) return {};
  return {static_cast<char>(0xF0U | (code >> 18U)), tail(12), tail(6), tail(0)};
}

/// Digits up to `most`, or between braces; empty where there are none or the number is too large.
std::optional<uint32_t> number(Reader& in, int base, int least, int most) {
  const bool braced = in.peek() == '{';
  if (braced) in.next();
  uint32_t value = 0;
  int digits = 0;
  for (; braced || digits < most; ++digits) {
    const int digit = digit_of(in.peek(), base);
    if (digit < 0) break;
    if (value > kLargestCodePoint) return std::nullopt;
    value = value * static_cast<uint32_t>(base) + static_cast<uint32_t>(digit);
    in.next();
  }
  if (braced && in.next() != '}') return std::nullopt;
  if (digits < (braced ? 1 : least)) return std::nullopt;
  return value;
}

std::optional<std::string> one_byte(const std::optional<uint32_t>& value) {
  constexpr uint32_t kLargest = 0xFF;
  if (!value || *value > kLargest) return std::nullopt;
  return std::string(1, static_cast<char>(*value));
}

std::optional<std::string> character(const std::optional<uint32_t>& code) {
  if (!code) return std::nullopt;
  std::string out = encoded(*code);
  return out.empty() ? std::nullopt : std::optional(std::move(out));
}

/// Behind the backslash.
std::optional<std::string> escape(Reader& in) {
  constexpr int kAny = 1 << 20;
  const char c = in.peek();
  if (digit_of(c, kOctal) >= 0) return one_byte(number(in, kOctal, 1, 3));
  in.next();
  switch (c) {
    case 'n': return "\n";
    case 't': return "\t";
    case 'r': return "\r";
    case 'a': return "\a";
    case 'b': return "\b";
    case 'f': return "\f";
    case 'v': return "\v";
    case 'e':
    case 'E': return "\x1B";  // GCC and Clang
    case '\\':
    case '"':
    case '\'':
    case '?': return std::string(1, c);
    case 'x': return one_byte(number(in, kHexadecimal, 1, kAny));
    case 'o': return in.peek() == '{' ? one_byte(number(in, kOctal, 1, kAny)) : std::nullopt;
    case 'u': return character(number(in, kHexadecimal, 4, 4));
    case 'U': return character(number(in, kHexadecimal, 8, 8));
    default: return std::nullopt;
  }
}

void add(Literal& literal, std::string_view bytes, ByteRange place) {
  literal.bytes += bytes;
  literal.places.insert(literal.places.end(), bytes.size(), place);
}

std::optional<Literal> read_ordinary(Reader in, uint32_t begin) {
  Literal out;
  in.next();  // the quote
  out.content.begin = in.at();
  while (!in.at_end() && in.peek() != '\n') {
    const uint32_t at = in.at();
    if (in.peek() == '"') {
      out.content.end = at;
      in.next();
      out.range = {begin, in.end_of_last()};
      return out;
    }
    const char c = in.next();
    if (c != '\\') {
      add(out, {&c, 1}, {at, in.end_of_last()});
      continue;
    }
    const std::optional<std::string> value = escape(in);
    if (!value) return std::nullopt;
    add(out, *value, {at, in.end_of_last()});
  }
  return std::nullopt;
}

std::optional<Literal> read_raw(std::string_view source, uint32_t begin, uint32_t quote) {
  constexpr size_t kLongestDelimiter = 16;
  const size_t open = source.find('(', quote);
  if (open == std::string_view::npos || open - quote - 1 > kLongestDelimiter) return std::nullopt;
  Literal out;
  out.kind = LiteralKind::kRaw;
  out.delimiter = source.substr(quote + 1, open - quote - 1);
  if (out.delimiter.find_first_of(" \\\t\v\f\r\n)\"") != std::string::npos) return std::nullopt;
  const std::string closing = ")" + out.delimiter + "\"";
  const size_t close = source.find(closing, open + 1);
  if (close == std::string_view::npos) return std::nullopt;
  out.content = {static_cast<uint32_t>(open + 1), static_cast<uint32_t>(close)};
  out.range = {begin, static_cast<uint32_t>(close + closing.size())};
  for (uint32_t i = out.content.begin; i < out.content.end; ++i) {
    const bool pair = source[i] == '\r' && i + 1 < out.content.end && source[i + 1] == '\n';
    const uint32_t end = i + (pair ? 2 : 1);
    add(out, source.substr(end - 1, 1), {i, end});
    i = end - 1;
  }
  return out;
}

/// Escape sequences are whole characters: `\x1` before a digit would swallow it, three octal digits
/// do not.
void write_ordinary(char c, std::string& out) {
  const auto byte = static_cast<unsigned char>(c);
  constexpr unsigned char kSpace = 0x20;
  constexpr unsigned char kDelete = 0x7F;
  switch (c) {
    case '\n': out += "\\n"; return;
    case '\t': out += "\\t"; return;
    case '\r': out += "\\r"; return;
    case '"':
    case '\\': out += {'\\', c}; return;
    default: break;
  }
  if (byte >= kSpace && byte != kDelete) {
    out += c;
    return;
  }
  out += '\\';
  for (const unsigned shift : {6U, 3U, 0U}) out += static_cast<char>('0' + ((byte >> shift) & 7U));
}

}  // namespace

std::optional<Literal> read_literal(std::string_view source, uint32_t begin) {
  if (begin >= source.size()) return std::nullopt;
  Reader in(source, begin);
  if (in.peek() == 'u') {
    in.next();
    if (in.next() != '8') return std::nullopt;
  }
  if (in.peek() == '"') return read_ordinary(in, begin);
  if (in.next() != 'R' || in.peek() != '"') return std::nullopt;
  return read_raw(source, begin, in.at());
}

namespace {

/// Goes through a source from token to token, as far as comments and literals are concerned.
class Scanner {
 public:
  explicit Scanner(std::string_view source) : source_(source) {}

  enum class Found : uint8_t { kComment, kLiteral, kEnd };
  /// The next comment or string literal.
  Found next() {
    while (at_ < source_.size()) {
      const char c = source_[at_];
      if (c == '/' && peek(1) == '/') return found(Found::kComment, line_end());
      if (c == '/' && peek(1) == '*') return found(Found::kComment, behind("*/", at_ + 2));
      if (c == '\'') {
        at_ = behind_character();
      } else if (c == '"') {
        return found(Found::kLiteral, behind_string(at_));
      } else if (is_word(c)) {
        const uint32_t end = behind_word();
        const std::string_view word = source_.substr(at_, end - at_);
        const bool is_prefix =
            end < source_.size() && source_[end] == '"' && is_string_prefix(word);
        if (is_prefix) return found(Found::kLiteral, behind_prefixed(word, end));
        at_ = end;
      } else {
        ++at_;
      }
    }
    return Found::kEnd;
  }
  ByteRange range() const { return range_; }

 private:
  static bool is_word(char c) { return ascii::is_word(c) || ascii::is_foreign(c); }
  static bool is_string_prefix(std::string_view word) {
    constexpr std::string_view kPrefixes[] = {"R", "u8", "u", "U", "L", "u8R", "uR", "UR", "LR"};
    return std::find(std::begin(kPrefixes), std::end(kPrefixes), word) != std::end(kPrefixes);
  }
  char peek(uint32_t ahead) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  Found found(Found what, uint32_t end) {
    range_ = {at_, end};
    at_ = end;
    return what;
  }
  uint32_t size() const { return static_cast<uint32_t>(source_.size()); }
  uint32_t behind(std::string_view what, size_t from) const {
    const size_t at = source_.find(what, from);
    return at == std::string_view::npos ? size() : static_cast<uint32_t>(at + what.size());
  }
  /// A `//` comment goes on behind a backslash at its line's end.
  uint32_t line_end() const {
    size_t end = source_.find('\n', at_);
    while (end != std::string_view::npos && end > 0 &&
           source_[end - (source_[end - 1] == '\r' ? 2 : 1)] == '\\') {
      end = source_.find('\n', end + 1);
    }
    return end == std::string_view::npos ? size() : static_cast<uint32_t>(end);
  }
  /// A number's quotes, as in `1'000`, are no characters.
  uint32_t behind_word() const {
    uint32_t end = at_;
    const bool number = ascii::is_digit(source_[at_]);
    while (end < size() &&
           (is_word(source_[end]) ||
            (number && source_[end] == '\'' && end + 1 < size() && is_word(source_[end + 1])))) {
      ++end;
    }
    return end;
  }
  uint32_t behind_quoted(uint32_t open) const {
    for (uint32_t i = open + 1; i < size(); ++i) {
      if (source_[i] == '\\') {
        ++i;
      } else if (source_[i] == source_[open] || source_[i] == '\n') {
        return source_[i] == '\n' ? i : i + 1;
      }
    }
    return size();
  }
  uint32_t behind_character() const { return behind_quoted(at_); }
  uint32_t behind_string(uint32_t quote) const { return behind_quoted(quote); }
  uint32_t behind_prefixed(std::string_view prefix, uint32_t quote) const {
    if (!prefix.ends_with('R')) return behind_string(quote);
    const size_t open = source_.find('(', quote);
    if (open == std::string_view::npos) return size();
    std::string closing = ")";
    closing += source_.substr(quote + 1, open - quote - 1);
    closing += '"';
    return behind(closing, open);
  }

  std::string_view source_;
  uint32_t at_ = 0;
  ByteRange range_;
};

}  // namespace

std::optional<Literal> literal_around(std::string_view source, uint32_t offset) {
  Scanner scanner(source);
  for (auto found = scanner.next(); found != Scanner::Found::kEnd; found = scanner.next()) {
    if (scanner.range().begin > offset) break;
    if (found != Scanner::Found::kLiteral || !scanner.range().contains(offset)) continue;
    return read_literal(source, scanner.range().begin);
  }
  return std::nullopt;
}

std::vector<ByteRange> comments_of(std::string_view source) {
  std::vector<ByteRange> out;
  Scanner scanner(source);
  for (auto found = scanner.next(); found != Scanner::Found::kEnd; found = scanner.next()) {
    if (found == Scanner::Found::kComment) out.push_back(scanner.range());
  }
  return out;
}

std::optional<std::string> written_in(const Literal& literal, std::string_view text) {
  std::string out;
  if (literal.kind == LiteralKind::kRaw) {
    if (text.find(")" + literal.delimiter + "\"") != std::string_view::npos) return std::nullopt;
    return std::string(text);
  }
  for (const char c : text) write_ordinary(c, out);
  return out;
}

std::optional<SourceEdit> edit_of(std::string_view source, const Literal& literal, ByteRange range,
                                  std::string_view text) {
  const auto size = static_cast<uint32_t>(literal.bytes.size());
  if (range.begin > range.end || range.end > size) return std::nullopt;
  const auto splits = [&](uint32_t at) {
    return at > 0 && at < size && literal.places[at - 1] == literal.places[at];
  };
  if (splits(range.begin) || splits(range.end)) return std::nullopt;
  const uint32_t begin =
      range.begin < size ? literal.places[range.begin].begin : literal.content.end;
  const uint32_t end = range.end > range.begin ? literal.places[range.end - 1].end : begin;
  std::optional<std::string> written = written_in(literal, text);
  if (!written) return std::nullopt;
  SourceEdit edit{{begin, end}, *std::move(written)};
  // What is written may run together with its neighbours: a digit behind `\x4`, a quote behind a
  // raw literal's parenthesis.
  std::string after(source.substr(literal.range.begin, begin - literal.range.begin));
  after += edit.text;
  after += source.substr(end, literal.range.end - end);
  std::string wanted = literal.bytes;
  wanted.replace(range.begin, range.size(), text);
  const std::optional<Literal> again = read_literal(after, 0);
  if (!again || again->bytes != wanted || again->range.end != after.size()) return std::nullopt;
  return edit;
}

}  // namespace belay::cpp

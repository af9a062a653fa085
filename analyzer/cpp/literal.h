#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/range.h"

/// String literals of C++ as text with places: which bytes of the source each byte of the value
/// comes from. Knows the language's lexical rules and nothing of its grammar.
namespace belay::cpp {

enum class LiteralKind : uint8_t {
  kOrdinary,  ///< `"..."` and `u8"..."`
  kRaw,       ///< `R"delimiter(...)delimiter"`
};

/// A literal as it stands in a source.
struct Literal {
  LiteralKind kind = LiteralKind::kOrdinary;
  ByteRange range;        ///< of the whole token, its prefix and suffix included
  ByteRange content;      ///< between the quotes, or between the parentheses of a raw one
  std::string delimiter;  ///< of a raw one
  /// The value in UTF-8, and for each of its bytes where it stands: one byte of the source for
  /// most, an escape sequence, or a line's end (`\r\n` is one byte of the value). Lines that are
  /// joined by a backslash at their end belong to no byte.
  std::string bytes;
  std::vector<ByteRange> places;
};

/// Reads the literal that begins at `begin`. Empty where none does, where it does not end, for wide
/// literals (`L`, `u`, `U`) and for those whose value cannot be told here (`\N{...}`).
std::optional<Literal> read_literal(std::string_view source, uint32_t begin);

/// The literal that the byte at `offset` stands in; empty where it stands in none. Goes through the
/// source from its start.
std::optional<Literal> literal_around(std::string_view source, uint32_t offset);

/// The comments of a source, in order, with their `//` or `/*`.
std::vector<ByteRange> comments_of(std::string_view source);

/// How `text` is written within the literal, so that its value has these bytes. Empty where that is
/// not possible: a raw literal that would end there.
std::optional<std::string> written_in(const Literal& literal, std::string_view text);

struct SourceEdit {
  ByteRange range;
  std::string text;
};

/// An edit of the source that replaces the bytes `range` of the literal's value by `text`. Empty
/// where that cannot be written, or where the range begins or ends within an escape sequence.
std::optional<SourceEdit> edit_of(std::string_view source, const Literal& literal, ByteRange range,
                                  std::string_view text);

}  // namespace belay::cpp

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace belay::lsp::testing {

/// How a client counts columns.
enum class Encoding : uint8_t { kUtf8, kUtf16, kUtf32 };
/// `utf-8`, `utf-16` or `utf-32`.
Encoding encoding_of(std::string_view name);
std::string_view name_of(Encoding encoding);

struct EditorPosition {
  uint32_t line = 0;
  uint32_t character = 0;

  friend auto operator<=>(const EditorPosition&, const EditorPosition&) = default;
};

/// A text as an editor has it, in lines. Written from the protocol's own words and apart from the
/// server's way with texts, so that each can tell the other's mistakes.
class EditorText {
 public:
  EditorText() = default;
  EditorText(std::string text, Encoding encoding);

  const std::string& text() const { return text_; }
  size_t line_count() const { return starts_.size(); }
  /// Without what ends it.
  std::string_view line(size_t number) const;

  /// In bytes. Places behind a line's end are its end, those behind the last line the text's end,
  /// and those inside of a character its begin.
  size_t offset_of(EditorPosition position) const;
  /// Of a place between two characters.
  EditorPosition position_of(size_t offset) const;
  /// Whether a server may name that place: it lies in the text, between two characters.
  bool has(EditorPosition position) const;

  void replace(EditorPosition begin, EditorPosition end, std::string_view with);

 private:
  size_t end_of_line(size_t number) const;
  void find_lines();

  std::string text_;
  Encoding encoding_ = Encoding::kUtf16;
  std::vector<size_t> starts_ = {0};
};

/// The bytes of the character that begins with `first`; 1 for what begins none.
size_t bytes_of_character(char first);

}  // namespace belay::lsp::testing

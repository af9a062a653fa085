#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace belay::lsp {

/// Writes JSON as text, without a tree in between: a list of a few thousand diagnostics costs no
/// more than its bytes. Commas come by themselves. The caller closes what it opens.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { out_ += '}'; }
  void begin_array() { open('['); }
  void end_array() { out_ += ']'; }

  /// `name` needs no escapes: it is one of the protocol's.
  void key(std::string_view name);

  void string(std::string_view text);
  void number(int64_t value);
  void boolean(bool value);
  void null();
  /// A JSON text that is there already.
  void raw(std::string_view json);

  void member(std::string_view name, std::string_view text) { key(name), string(text); }
  void member(std::string_view name, const char* text) { key(name), string(text); }
  void member(std::string_view name, int64_t value) { key(name), number(value); }
  void member(std::string_view name, bool value) { key(name), boolean(value); }

 private:
  void open(char bracket) {
    comma();
    out_ += bracket;
  }
  /// Every value ends in a quote, a bracket, a digit or a letter, so that the last byte tells
  /// whether another value stands before this one.
  void comma() {
    if (out_.empty()) return;
    const char last = out_.back();
    if (last != '{' && last != '[' && last != ':' && last != ',') out_ += ',';
  }

  std::string& out_;
};

}  // namespace belay::lsp

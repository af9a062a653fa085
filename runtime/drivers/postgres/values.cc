#include "runtime/drivers/postgres/values.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "analyzer/text/lexer.h"
#include "runtime/io/text_form.h"
#include "support/ascii.h"

namespace belay::runtime::postgres {
namespace {

// Oids of the server's own types never change (src/include/catalog/pg_type.dat).
enum TypeOid : Oid {
  kBool = 16,
  kBytea = 17,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kOid = 26,
  kFloat4 = 700,
  kFloat8 = 701,
};

int hex_digit(char c) {
  if (ascii::is_digit(c)) return c - '0';
  constexpr int kTen = 10;
  return ascii::to_lower(c) - 'a' + kTen;
}

/// `\x0a` to its byte.
std::string bytes_of(std::string_view text) {
  std::string out;
  constexpr unsigned kBitsPerDigit = 4;
  for (size_t i = 2; i + 1 < text.size(); i += 2) {
    out += static_cast<char>((static_cast<unsigned>(hex_digit(text[i])) << kBitsPerDigit) |
                             static_cast<unsigned>(hex_digit(text[i + 1])));
  }
  return out;
}

double real_of(std::string_view text) {
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  double out = std::nan("");
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

Value value_of(Oid type, std::string_view text) {
  switch (type) {
    case kBool: return int64_t{text == "t" ? 1 : 0};
    case kInt2:
    case kInt4:
    case kInt8:
    case kOid: {
      int64_t out = 0;
      std::from_chars(text.data(), text.data() + text.size(), out);
      return out;
    }
    case kFloat4:
    case kFloat8: return real_of(text);
    case kBytea: return Blob{bytes_of(text)};
    default: return std::string(text);
  }
}

}  // namespace

std::string numbered_parameters(std::string_view sql) {
  std::string out;
  uint32_t copied = 0;
  int count = 0;
  Lexer lexer(sql, belay::Engine::kPostgres);
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    if (!token.is(TokenKind::kOperator) || token.range.of(sql) != "?") continue;
    out += sql.substr(copied, token.range.begin - copied);
    out += "$" + std::to_string(++count);
    copied = token.range.end;
  }
  out += sql.substr(copied);
  return out;
}

std::optional<std::string> parameter_text(const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  if (const auto* real = std::get_if<double>(&value)) return digits_of(*real);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* blob = std::get_if<Blob>(&value)) return "\\x" + hex_of(blob->bytes);
  return std::nullopt;
}

Rows rows_of(const Library& library, const PGresult* result) {
  Rows out;
  const int columns = library.column_count(result);
  for (int c = 0; c < columns; ++c) out.columns.emplace_back(library.column_name(result, c));
  const int rows = library.row_count(result);
  out.rows.resize(static_cast<size_t>(rows));
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      Value value = nullptr;
      if (library.is_null(result, r, c) == 0) {
        const std::string_view text(library.value(result, r, c),
                                    static_cast<size_t>(library.length(result, r, c)));
        value = value_of(library.column_type(result, c), text);
      }
      out.rows[static_cast<size_t>(r)].push_back(std::move(value));
    }
  }
  return out;
}

}  // namespace belay::runtime::postgres

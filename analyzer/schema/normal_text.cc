#include "analyzer/schema/normal_text.h"

#include <algorithm>
#include <array>
#include <vector>

#include "analyzer/text/lexer.h"
#include "support/ascii.h"

namespace belay::schema {
namespace {

bool is_plain_name(std::string_view name) {
  return !name.empty() && !ascii::is_digit(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || ascii::is_digit(c) || c == '_';
         });
}

/// A quoted name as it compares: without quotes where it would be the same without them.
std::string quoted_name(std::string_view written, Engine engine) {
  std::string inner(written.substr(1, written.size() - 2));
  if (engine == Engine::kSqlite) inner = ascii::lower(inner);
  return is_plain_name(inner) ? inner : "\"" + inner + "\"";
}

std::string normal_token(const Token& token, std::string_view text, Engine engine) {
  const std::string_view written = token.range.of(text);
  switch (token.kind) {
    case TokenKind::kWord: return ascii::lower(written);
    case TokenKind::kQuotedName: return quoted_name(written, engine);
    case TokenKind::kOperator: return written == "!=" ? "<>" : std::string(written);
    default: return std::string(written);
  }
}

/// Whether the first token's bracket ends with the last token.
bool is_bracketed(const std::vector<std::string>& tokens) {
  if (tokens.size() < 2 || tokens.front() != "(" || tokens.back() != ")") return false;
  int depth = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i] == "(") ++depth;
    if (tokens[i] == ")" && --depth == 0) return i + 1 == tokens.size();
  }
  return false;
}

std::vector<std::string> tokens_of(std::string_view text, Engine engine,
                                   std::span<const ByteRange> without) {
  std::vector<std::string> out;
  Lexer lexer(text, engine);
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    const bool covered = std::any_of(without.begin(), without.end(), [&](ByteRange r) {
      return !r.empty() && r.begin <= token.range.begin && token.range.end <= r.end;
    });
    if (!covered) out.push_back(normal_token(token, text, engine));
  }
  return out;
}

std::string joined_tokens(const std::vector<std::string>& tokens) {
  std::string out;
  for (const std::string& token : tokens) {
    if (!out.empty()) out += ' ';
    out += token;
  }
  return out;
}

bool is_number_type(std::string_view name) {
  constexpr std::array<std::string_view, 12> kNames = {"int2",   "int4",    "int8",     "numeric",
                                                       "float4", "float8",  "integer",  "int",
                                                       "bigint", "decimal", "smallint", "real"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

/// A literal as PostgreSQL would keep it for a column of that type.
std::string postgres_literal(const sql::Expression& expression, const std::string& text,
                             const Type& type) {
  if (type.array_dimensions != 0) return text;
  const std::string value = ascii::lower(expression.literal);
  if (type.name == "bool") {
    if (value == "t" || value == "true" || value == "on" || value == "yes" || value == "1") {
      return "true";
    }
    if (value == "f" || value == "false" || value == "off" || value == "no" || value == "0") {
      return "false";
    }
  }
  if (is_number_type(type.name) && !value.empty()) return value;
  return text;
}

}  // namespace

ExpressionText expression_text(const sql::Expression& expression, std::string_view statement,
                               Engine engine) {
  ExpressionText out;
  std::vector<std::string> tokens = tokens_of(expression.range.of(statement), engine, {});
  while (is_bracketed(tokens)) {
    tokens.pop_back();
    tokens.erase(tokens.begin());
  }
  out.text = joined_tokens(tokens);
  out.is_null = expression.shape == sql::Expression::Shape::kNull;
  out.is_constant = expression.is_constant();
  for (const sql::Name& n : expression.columns) {
    if (std::find(out.columns.begin(), out.columns.end(), n.id) == out.columns.end()) {
      out.columns.push_back(n.id);
    }
  }
  for (const sql::QualifiedName& f : expression.functions) out.functions.push_back(f.name.id);
  return out;
}

std::optional<ExpressionText> default_text(const sql::Expression& expression,
                                           std::string_view statement, const Type& type,
                                           Engine engine) {
  ExpressionText out = expression_text(expression, statement, engine);
  if (engine != Engine::kPostgres) return out;
  // NULL that is cut to a length or precision is a default of its own for PostgreSQL, and the
  // catalog shows it (`NULL::bpchar`). An interval's NULL is not cut.
  const bool is_cut = !type.modifiers.empty() && type.name != "interval";
  if (out.is_null && !is_cut) return std::nullopt;
  // PostgreSQL casts to the column's type by itself.
  const std::string cast = " :: " + type.name;
  if (out.text.ends_with(cast) && type.array_dimensions == 0) {
    out.text.resize(out.text.size() - cast.size());
  }
  if (expression.shape == sql::Expression::Shape::kLiteral) {
    out.text = postgres_literal(expression, out.text, type);
  }
  return out;
}

std::string normal_text(std::string_view text, Engine engine, std::span<const ByteRange> without) {
  return joined_tokens(tokens_of(text, engine, without));
}

void replace_phrase(std::string& text, std::string_view phrase, std::string_view with) {
  const size_t at = text.find(phrase);
  if (at != std::string::npos) text.replace(at, phrase.size(), with);
}

void rename_word(std::string& text, std::string_view from, std::string_view to) {
  size_t at = 0;
  while ((at = text.find(from, at)) != std::string::npos) {
    const size_t end = at + from.size();
    const bool starts = at == 0 || text[at - 1] == ' ';
    const bool ends = end == text.size() || text[end] == ' ';
    if (starts && ends) {
      text.replace(at, from.size(), to);
      at += to.size();
    } else {
      at = end;
    }
  }
}

void rename_column(ExpressionText& expression, std::string_view from, std::string_view to) {
  bool named = false;
  for (std::string& column : expression.columns) {
    if (column != from) continue;
    column = to;
    named = true;
  }
  if (named) rename_word(expression.text, from, to);
}

Type type_of(const sql::TypeName& type) {
  return {type.name.to_string(), type.modifiers, type.array_dimensions};
}

}  // namespace belay::schema

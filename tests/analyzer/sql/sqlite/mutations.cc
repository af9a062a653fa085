#include "tests/analyzer/sql/sqlite/mutations.h"

#include <sqlite3.h>

#include <utility>

#include "tests/analyzer/sql/sqlite/statements.h"

namespace belay::sql::sqlite {
namespace {

TokenTexts make_pool() {
  TokenTexts pool = {
      "(",  ")",   ",",     ".",    "=",     "==",     "<>",     "!=",  "<",       "<=",    ">",
      ">=", "+",   "-",     "*",    "/",     "%",      "||",     "->",  "->>",     "&",     "|",
      "<<", ">>",  "~",     "t",    "u",     "v",      "a",      "b",   "c",       "x",     "y",
      "z",  "i",   "\"a\"", "[a]",  "`a`",   "'a'",    "1",      "0",   "2.5",     "x'00'", "?",
      ":p", "abs", "count", "true", "rowid", "stored", "strict", "foo", "integer", "main",  "temp",
  };
  for (int i = 0; i < sqlite3_keyword_count(); ++i) {
    const char* word = nullptr;
    int size = 0;
    sqlite3_keyword_name(i, &word, &size);
    pool.emplace_back(word, static_cast<size_t>(size));
  }
  return pool;
}

}  // namespace

TokenTexts token_texts(std::string_view statement) {
  TokenTexts out;
  for (const Token& token : tokens_of(statement)) out.emplace_back(token.range.of(statement));
  return out;
}

std::string joined(const TokenTexts& tokens) {
  std::string out;
  for (const std::string& token : tokens) {
    if (!out.empty()) out += ' ';
    out += token;
  }
  return out;
}

const TokenTexts& token_pool() {
  static const TokenTexts pool = make_pool();
  return pool;
}

std::string Mutator::next() {
  TokenTexts tokens = any_seed();
  for (size_t times = 1 + below(2); times > 0 && !tokens.empty(); --times) mutate(tokens);
  return joined(tokens);
}

void Mutator::mutate(TokenTexts& tokens) {
  const size_t place = below(tokens.size());
  const auto at = tokens.begin() + static_cast<ptrdiff_t>(place);
  switch (below(8)) {
    case 0: tokens.erase(at); break;
    case 1: tokens.insert(at, *at); break;
    case 2: std::swap(tokens[place], tokens[below(tokens.size())]); break;
    case 3:
    case 4: *at = any_token(); break;
    case 5: tokens.insert(at, any_token()); break;
    case 6: tokens.resize(place); break;
    default: {
      const TokenTexts& other = any_seed();
      const size_t from = below(other.size());
      tokens.resize(place);
      tokens.insert(tokens.end(), other.begin() + static_cast<ptrdiff_t>(from), other.end());
    }
  }
}

}  // namespace belay::sql::sqlite

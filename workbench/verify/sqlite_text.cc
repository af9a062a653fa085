#include "workbench/verify/sqlite_text.h"

#include <algorithm>

#include "analyzer/text/lexer.h"
#include "support/ascii.h"

namespace belay::workbench::sqlite_text {
namespace {

/// The name between quotes, with doubled quotes counted once.
std::string unquoted(std::string_view text) {
  const char quote = text.front() == '[' ? ']' : text.front();
  text = text.substr(1, text.size() - 2);
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == quote && i + 1 < text.size() && text[i + 1] == quote) ++i;
  }
  return out;
}

std::string word_of(const Token& token, std::string_view text) {
  if (token.is(TokenKind::kQuotedName) && text.size() >= 2) return ascii::lower(unquoted(text));
  if (token.is(TokenKind::kString)) return std::string(text);
  return ascii::lower(text);
}

/// Behind the parenthesis that closes the one at `open`.
size_t behind_group(const Words& words, size_t open) {
  size_t depth = 0;
  for (size_t i = open; i < words.size(); ++i) {
    if (words[i] == "(") ++depth;
    if (words[i] == ")" && --depth == 0) return i + 1;
  }
  return words.size();
}

Words slice(const Words& words, size_t begin, size_t end) {
  return {words.begin() + static_cast<ptrdiff_t>(begin),
          words.begin() + static_cast<ptrdiff_t>(std::max(begin, end))};
}

size_t position_of(const Words& words, std::string_view word) {
  return static_cast<size_t>(std::find(words.begin(), words.end(), word) - words.begin());
}

/// Where the constraint at the start of a table's entry begins, behind its name.
size_t behind_constraint_name(const Words& entry) {
  return entry.size() > 2 && entry[0] == "constraint" ? 2 : 0;
}

std::string deferral(const Words& behind_references) {
  const size_t at = position_of(behind_references, "deferrable");
  if (at == behind_references.size()) return {};
  const size_t begin = at > 0 && behind_references[at - 1] == "not" ? at - 1 : at;
  size_t end = at + 1;
  if (end + 1 < behind_references.size() && behind_references[end] == "initially") end += 2;
  return joined(slice(behind_references, begin, end));
}

}  // namespace

Words words_of(std::string_view sql) {
  Words out;
  Lexer lexer(sql, Engine::kSqlite);
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    out.push_back(word_of(token, token.range.of(sql)));
  }
  return out;
}

std::string joined(const Words& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

Words after(const Words& words, std::string_view word) {
  const size_t at = position_of(words, word);
  return at == words.size() ? Words() : slice(words, at + 1, words.size());
}

std::vector<Words> groups_after(const Words& words, std::string_view keyword) {
  std::vector<Words> out;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] != keyword || words[i + 1] != "(") continue;
    out.push_back(slice(words, i + 2, behind_group(words, i + 1) - 1));
  }
  return out;
}

TableText table_text(const Words& words) {
  TableText out;
  const size_t open = position_of(words, "(");
  if (open == words.size()) return out;
  const size_t end = behind_group(words, open);
  out.tail = slice(words, end, words.size());
  size_t depth = 0;
  size_t begin = open + 1;
  for (size_t i = open; i < end; ++i) {
    if (words[i] == "(") ++depth;
    if (words[i] == ")") --depth;
    if ((words[i] == "," && depth == 1) || i + 1 == end) {
      out.entries.push_back(slice(words, begin, i));
      begin = i + 1;
    }
  }
  return out;
}

std::vector<ForeignKeyText> foreign_keys(const TableText& table) {
  std::vector<ForeignKeyText> out;
  for (const Words& entry : table.entries) {
    if (entry.empty() || position_of(entry, "references") == entry.size()) continue;
    const size_t start = behind_constraint_name(entry);
    ForeignKeyText key;
    if (entry[start] == "foreign") {
      const std::vector<Words> columns = groups_after(entry, "key");
      if (!columns.empty()) key.columns = joined(columns[0]);
      key.columns.erase(std::remove(key.columns.begin(), key.columns.end(), ' '),
                        key.columns.end());
    } else {
      key.columns = entry[0];
    }
    key.deferrable = deferral(after(entry, "references"));
    out.push_back(std::move(key));
  }
  return out;
}

}  // namespace belay::workbench::sqlite_text

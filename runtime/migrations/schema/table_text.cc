// Reads the text of a CREATE TABLE by the grammar of SQLite's parse.y: `columnlist`, `carglist`,
// `conslist`. SQLite has accepted the text, so it is not checked again; but where a piece is not
// understood nothing is guessed.
#include "runtime/migrations/schema/table_text.h"

#include <algorithm>

#include <belay/database.h>

#include "analyzer/text/lexer.h"
#include "support/ascii.h"

namespace belay::builder {
namespace {

using Kind = TextConstraint::Kind;

std::vector<Token> tokens_of(std::string_view sql) {
  Lexer lexer(sql, belay::Engine::kSqlite);
  std::vector<Token> out;
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) out.push_back(token);
  return out;
}

bool is_name(const Token& token) {
  return token.is(TokenKind::kWord) || token.is(TokenKind::kQuotedName) ||
         token.is(TokenKind::kString);
}

bool token_names(std::string_view sql, const std::vector<Token>& tokens, size_t i,
                 std::string_view column) {
  const Token& token = tokens[i];
  if (!token.is(TokenKind::kWord) && !token.is(TokenKind::kQuotedName)) return false;
  if (!ascii::equal_ignoring_case(unquoted(token.range.of(sql)), column)) return false;
  const bool function = i + 1 < tokens.size() && tokens[i + 1].is(TokenKind::kLeftParen) &&
                        token.is(TokenKind::kWord);
  const bool collation =
      i > 0 && ascii::equal_ignoring_case(tokens[i - 1].range.of(sql), "COLLATE");
  return !function && !collation;
}

}  // namespace

class TableReader {
 public:
  explicit TableReader(TableText& out) : out_(out), sql_(out.sql_), tokens_(out.tokens_) {}

  void read();

 private:
  std::string_view word(size_t ahead = 0) const {
    const size_t i = at_ + ahead;
    if (i >= tokens_.size() || !tokens_[i].is(TokenKind::kWord)) return {};
    return tokens_[i].range.of(sql_);
  }
  bool sees(std::string_view wanted, size_t ahead = 0) const {
    return ascii::equal_ignoring_case(word(ahead), wanted);
  }
  bool sees(TokenKind kind) const { return at_ < tokens_.size() && tokens_[at_].is(kind); }
  bool take(std::string_view wanted) {
    const bool there = sees(wanted);
    if (there) ++at_;
    return there;
  }
  const Token& next() {
    if (at_ >= tokens_.size()) give_up();
    return tokens_[at_++];
  }
  std::string name() {
    const Token& token = next();
    if (!is_name(token)) give_up();
    return unquoted(token.range.of(sql_));
  }
  uint32_t here() const {
    return at_ < tokens_.size() ? tokens_[at_].range.begin : static_cast<uint32_t>(sql_.size());
  }
  uint32_t behind() const { return tokens_[at_ - 1].range.end; }
  [[noreturn]] void give_up() const;

  ByteRange parentheses();
  std::vector<std::string> names_in_parentheses();
  bool at_constraint() const;
  bool at_table_constraint() const;
  TextColumn column();
  TextConstraint constraint(const TextColumn* column);
  void key(TextConstraint& out);
  void conflict_clause();
  void default_value(TextConstraint& out);
  void reference(TextConstraint& out);
  void options();

  TableText& out_;
  const std::string& sql_;
  const std::vector<Token>& tokens_;
  size_t at_ = 0;
};

void TableReader::give_up() const {
  throw MigrationError("the definition of a table cannot be read at `" +
                           sql_.substr(std::min<size_t>(here(), sql_.size()), 40) + "`",
                       "change the table with SQL; it is: " + sql_);
}

void TableReader::read() {
  if (!take("CREATE") || !take("TABLE")) give_up();
  out_.name_ = next().range;
  if (!sees(TokenKind::kLeftParen)) give_up();
  ++at_;
  while (!at_table_constraint()) {
    out_.columns_.push_back(column());
    if (!sees(TokenKind::kComma)) break;
    ++at_;
  }
  while (at_table_constraint()) {
    out_.constraints_.push_back(constraint(nullptr));
    if (sees(TokenKind::kComma)) ++at_;
  }
  if (!sees(TokenKind::kRightParen) || out_.columns_.empty()) give_up();
  ++at_;
  options();
}

void TableReader::options() {
  while (at_ < tokens_.size()) {
    if (sees("WITHOUT") && sees("ROWID", 1)) {
      out_.without_rowid_ = true;
      at_ += 2;
    } else if (take("STRICT")) {
      out_.strict_ = true;
    } else if (sees(TokenKind::kComma)) {
      ++at_;
    } else {
      give_up();
    }
  }
}

bool TableReader::at_constraint() const {
  constexpr std::string_view kWords[] = {"CONSTRAINT", "DEFAULT", "NULL",  "NOT",
                                         "PRIMARY",    "UNIQUE",  "CHECK", "COLLATE",
                                         "REFERENCES", "AS"};
  if (sees("GENERATED") && sees("ALWAYS", 1)) return true;
  return std::any_of(std::begin(kWords), std::end(kWords), [&](auto w) { return sees(w); });
}

bool TableReader::at_table_constraint() const {
  return sees("CONSTRAINT") || sees("PRIMARY") || sees("UNIQUE") || sees("CHECK") ||
         sees("FOREIGN");
}

TextColumn TableReader::column() {
  TextColumn out;
  out.range.begin = here();
  out.name = name();
  out.name_range = {out.range.begin, behind()};
  out.type = {behind(), behind()};
  while (at_ < tokens_.size() && is_name(tokens_[at_]) && !at_constraint()) {
    if (out.type.empty()) out.type.begin = here();
    out.type.end = next().range.end;
  }
  if (!out.type.empty() && sees(TokenKind::kLeftParen)) {
    parentheses();
    out.type.end = behind();
  }
  while (at_constraint()) out.constraints.push_back(constraint(&out));
  out.range.end = behind();
  return out;
}

TextConstraint TableReader::constraint(const TextColumn* column) {
  TextConstraint out;
  out.range.begin = here();
  if (column != nullptr) out.columns = {column->name};
  if (take("CONSTRAINT")) out.name = name();
  if (take("PRIMARY")) {
    if (!take("KEY")) give_up();
    out.kind = Kind::kPrimaryKey;
    key(out);
  } else if (take("UNIQUE")) {
    out.kind = Kind::kUnique;
    key(out);
  } else if (take("CHECK")) {
    out.kind = Kind::kCheck;
    out.body = parentheses();
    conflict_clause();
  } else if (sees("FOREIGN") && sees("KEY", 1)) {
    at_ += 2;
    out.columns = names_in_parentheses();
    reference(out);
  } else if (sees("REFERENCES")) {
    reference(out);
  } else if (sees("NOT") && sees("NULL", 1)) {
    at_ += 2;
    out.kind = Kind::kNotNull;
    conflict_clause();
  } else if (take("NULL")) {
    out.kind = Kind::kNull;
    conflict_clause();
  } else if (take("DEFAULT")) {
    default_value(out);
  } else if (take("COLLATE")) {
    out.kind = Kind::kCollate;
    name();
  } else if (sees("GENERATED") || sees("AS")) {
    if (take("GENERATED")) ++at_;
    if (!take("AS")) give_up();
    out.kind = Kind::kGenerated;
    out.body = parentheses();
    out.stored = take("STORED");
    if (!out.stored) take("VIRTUAL");
  } else if (out.name.empty()) {
    give_up();
  }
  out.range.end = behind();
  return out;
}

/// Behind PRIMARY KEY or UNIQUE.
void TableReader::key(TextConstraint& out) {
  if (sees(TokenKind::kLeftParen)) {
    const size_t first = at_;
    out.columns = names_in_parentheses();
    for (size_t i = first; i < at_; ++i) {
      if (ascii::equal_ignoring_case(tokens_[i].range.of(sql_), "AUTOINCREMENT")) {
        out_.autoincrement_ = true;
      }
    }
  }
  if (!take("ASC")) take("DESC");
  conflict_clause();
  if (take("AUTOINCREMENT")) out_.autoincrement_ = true;
}

void TableReader::conflict_clause() {
  if (sees("ON") && sees("CONFLICT", 1)) at_ += 3;
}

void TableReader::default_value(TextConstraint& out) {
  out.kind = Kind::kDefault;
  if (sees(TokenKind::kLeftParen)) {
    out.body = parentheses();
    return;
  }
  if (sees(TokenKind::kOperator)) ++at_;
  next();
}

/// REFERENCES and all that belongs to it.
void TableReader::reference(TextConstraint& out) {
  out.kind = Kind::kForeignKey;
  if (!take("REFERENCES")) give_up();
  out.other_table = name();
  if (sees(TokenKind::kLeftParen)) out.other_columns = names_in_parentheses();
  for (;;) {
    if (sees("ON") && !sees("CONFLICT", 1)) {
      at_ += sees("SET", 2) || sees("NO", 2) ? 4 : 3;
    } else if (sees("MATCH")) {
      at_ += 2;
    } else if (sees("NOT") && sees("DEFERRABLE", 1)) {
      at_ += 2;
    } else if (!take("DEFERRABLE")) {
      if (!sees("INITIALLY")) return;
      at_ += 2;
    }
  }
}

/// From `(` to its `)`; gives what lies between.
ByteRange TableReader::parentheses() {
  if (!sees(TokenKind::kLeftParen)) give_up();
  const uint32_t begin = next().range.end;
  for (size_t depth = 1;;) {
    const Token& token = next();
    if (token.is(TokenKind::kLeftParen)) ++depth;
    if (token.is(TokenKind::kRightParen) && --depth == 0) return {begin, token.range.begin};
  }
}

/// The first name of each piece of a list: `(a COLLATE nocase DESC, b)`.
std::vector<std::string> TableReader::names_in_parentheses() {
  std::vector<std::string> out;
  size_t i = at_ + 1;
  parentheses();
  size_t depth = 0;
  for (bool first = true; i + 1 < at_; ++i) {
    const Token& token = tokens_[i];
    if (token.is(TokenKind::kLeftParen)) ++depth;
    if (token.is(TokenKind::kRightParen)) --depth;
    if (first) out.push_back(unquoted(token.range.of(sql_)));
    first = depth == 0 && token.is(TokenKind::kComma);
  }
  return out;
}

const TextConstraint* TextColumn::find(TextConstraint::Kind kind) const {
  const auto found = std::find_if(constraints.begin(), constraints.end(),
                                  [kind](const TextConstraint& c) { return c.kind == kind; });
  return found == constraints.end() ? nullptr : &*found;
}

TableText::TableText(std::string sql) : sql_(std::move(sql)), tokens_(tokens_of(sql_)) {
  TableReader(*this).read();
}

const TextColumn* TableText::find(std::string_view column) const {
  const auto found = std::find_if(columns_.begin(), columns_.end(), [&](const TextColumn& c) {
    return ascii::equal_ignoring_case(c.name, column);
  });
  return found == columns_.end() ? nullptr : &*found;
}

std::vector<const TextConstraint*> TableText::all_constraints() const {
  std::vector<const TextConstraint*> out;
  for (const TextColumn& column : columns_) {
    for (const TextConstraint& constraint : column.constraints) out.push_back(&constraint);
  }
  for (const TextConstraint& constraint : constraints_) out.push_back(&constraint);
  return out;
}

bool TableText::mentions(ByteRange piece, std::string_view column) const {
  for (size_t i = 0; i < tokens_.size(); ++i) {
    if (piece.contains(tokens_[i].range) && token_names(sql_, tokens_, i, column)) return true;
  }
  return false;
}

ByteRange TableText::with_comma(ByteRange item) const {
  const auto after = std::find_if(tokens_.begin(), tokens_.end(),
                                  [&](const Token& t) { return t.range.begin >= item.end; });
  const auto first = std::find_if(tokens_.begin(), tokens_.end(),
                                  [&](const Token& t) { return t.range.begin >= item.begin; });
  // SQLite wants no comma between the constraints of a table: one that follows without any keeps
  // the comma in front.
  const bool ends =
      after == tokens_.end() || after->is(TokenKind::kComma) || after->is(TokenKind::kRightParen);
  if (ends && first - tokens_.begin() > 1 && (first - 1)->is(TokenKind::kComma)) {
    return {(first - 2)->range.end, item.end};
  }
  if (ends && after != tokens_.end() && after->is(TokenKind::kComma) &&
      after + 1 != tokens_.end()) {
    return {item.begin, (after + 1)->range.begin};
  }
  return item;
}

ByteRange TableText::with_space(ByteRange piece) const {
  const auto first = std::find_if(tokens_.begin(), tokens_.end(),
                                  [&](const Token& t) { return t.range.begin >= piece.begin; });
  if (first == tokens_.begin()) return piece;
  const uint32_t end = (first - 1)->range.end;
  const bool space = ascii::trim(ByteRange{end, piece.begin}.of(sql_)).empty();
  return space ? ByteRange{end, piece.end} : piece;
}

std::string unquoted(std::string_view text) {
  const char first = text.empty() ? '\0' : text.front();
  if (text.size() < 2 || (first != '"' && first != '`' && first != '[' && first != '\'')) {
    return std::string(text);
  }
  const char quote = first == '[' ? ']' : first;
  std::string out;
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    out += text[i];
    if (text[i] == quote) ++i;
  }
  return out;
}

bool text_mentions(std::string_view sql, std::string_view name) {
  const std::vector<Token> tokens = tokens_of(sql);
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (token_names(sql, tokens, i, name)) return true;
  }
  return false;
}

bool text_quotes(std::string_view sql, std::string_view name) {
  const std::vector<Token> tokens = tokens_of(sql);
  return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
    const std::string_view text = token.range.of(sql);
    return text.front() == '"' && ascii::equal_ignoring_case(unquoted(text), name);
  });
}

}  // namespace belay::builder

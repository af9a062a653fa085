#include "analyzer/sql/postgres/parser.h"

#include "analyzer/sql/postgres/bodies.h"
#include "analyzer/sql/postgres/builder.h"
#include "analyzer/sql/postgres/places.h"
#include "analyzer/sql/postgres/raw_parse.h"
#include "analyzer/text/utf8.h"
#include "support/ascii.h"

namespace belay::sql::postgres {

void Builder::statement(const Node* node) {
  switch (nodeTag(node)) {
    case T_CreateStmt: return create_table(node_cast<CreateStmt>(node), false);
    case T_CreateForeignTableStmt:
      return create_table(&node_cast<CreateForeignTableStmt>(node)->base, true);
    case T_AlterTableStmt: return alter_table(node_cast<AlterTableStmt>(node));
    case T_IndexStmt: return create_index(node_cast<IndexStmt>(node));
    case T_TruncateStmt: return truncate(node_cast<TruncateStmt>(node));
    case T_DropStmt: return drop(node_cast<DropStmt>(node));
    case T_RenameStmt: return rename(node_cast<RenameStmt>(node));
    case T_AlterObjectSchemaStmt: return set_schema(node_cast<AlterObjectSchemaStmt>(node));
    case T_AlterOwnerStmt: return set_owner(node_cast<AlterOwnerStmt>(node));
    case T_CommentStmt: return comment(node_cast<CommentStmt>(node));
    case T_GrantStmt: return grant(node_cast<GrantStmt>(node), false);
    case T_AlterDefaultPrivilegesStmt:
      return grant(node_cast<AlterDefaultPrivilegesStmt>(node)->action, true);
    default: break;
  }
  if (row_statement(node) || definition(node) || session_statement(node) || other_object(node)) {
    return;
  }
  add(Unknown{"a statement whose effect Belay does not know"});
}

uint32_t byte_of_character(std::string_view text, int character) {
  uint32_t at = 0;
  for (int i = 1; i < character && at < text.size(); ++i) at += utf8::step_at(text, at).bytes;
  return at;
}

bool replace_placeholders(std::string& text, std::span<const Token> tokens, int64_t base) {
  bool any = false;
  for (const Token& token : tokens) {
    if (!token.is(TokenKind::kParameter) && !token.is(TokenKind::kWord)) continue;
    const auto begin = static_cast<size_t>(token.range.begin - base);
    const auto end = std::min(static_cast<size_t>(token.range.end - base), text.size());
    if (text.find('{', begin) >= end) continue;
    any = true;
    for (size_t at = begin; at < end; ++at) {
      const char c = text[at];
      if (!ascii::is_letter(c) && !ascii::is_digit(c)) text[at] = '_';
    }
  }
  return any;
}

namespace {

Problem problem_of(const PgQueryError& error, const Places& places) {
  const std::string_view text = places.text();
  const auto size = static_cast<uint32_t>(text.size());
  Problem problem;
  problem.message = error.message;
  if (error.cursorpos <= 0) {
    problem.range = {0, size};
    return problem;
  }
  const uint32_t at = byte_of_character(text, error.cursorpos);
  problem.range = {at, at};
  const size_t token = places.at(static_cast<int>(at));
  if (token < places.count() && places.range(token).begin == at) {
    problem.range = places.range(token);
  } else if (at < size) {
    problem.range.end = at + utf8::step_at(text, at).bytes;
  }
  return problem;
}

/// Parses `text` and adds its operations. False, with the problem, where it is not SQL.
bool parse_into(const std::string& text, const Places& places, ParsedStatement& out,
                std::vector<QuotedBody>& bodies) {
  const RawParse parsed(text);
  parsed.throw_if_out_of_memory();
  if (parsed.error() != nullptr) {
    out.problems.push_back(problem_of(*parsed.error(), places));
    return false;
  }
  Builder builder(places);
  for (const auto* raw : elements<RawStmt>(parsed.tree())) builder.statement(raw->stmt);
  out.operations = std::move(builder.operations());
  bodies = std::move(builder.bodies());
  return true;
}

}  // namespace

StatementPtr parse(std::string_view text, std::span<const Token> tokens, uint32_t token_base,
                   const Dialect& /*dialect*/) {
  auto out = std::make_shared<ParsedStatement>();
  out->text = text;
  const Places places(out->text, tokens, token_base);
  std::vector<QuotedBody> bodies;
  // The grammar takes a text that ends at a NUL byte: the rest would be dropped in silence.
  const size_t nul = text.find('\0');
  if (nul != std::string_view::npos) {
    const auto at = static_cast<uint32_t>(nul);
    out->problems.push_back({{at, at + 1}, "NUL byte in the statement"});
  } else if (!parse_into(out->text, places, *out, bodies)) {
    std::string replaced = out->text;
    if (replace_placeholders(replaced, tokens, token_base)) {
      ParsedStatement second;
      if (parse_into(replaced, places, second, bodies)) {
        out->problems.clear();
        out->operations = std::move(second.operations);
      }
    }
  }
  if (!out->problems.empty()) {
    out->operations = {{{0, static_cast<uint32_t>(text.size())}, Unknown{"it cannot be parsed"}}};
  } else if (!bodies.empty()) {
    read_bodies(out->text, tokens, token_base, out->operations, bodies);
  }
  return out;
}

}  // namespace belay::sql::postgres

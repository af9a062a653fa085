#include "analyzer/sql/postgres/parser.h"

#include <new>

#include "analyzer/sql/postgres/builder.h"
#include "analyzer/sql/postgres/places.h"
#include "analyzer/text/utf8.h"

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

namespace {

/// Frees what one parse allocated, however it ends.
class ParseMemory {
 public:
  ParseMemory() : context_(pg_query_enter_memory_context()) {}
  ~ParseMemory() { pg_query_exit_memory_context(context_); }
  ParseMemory(const ParseMemory&) = delete;
  ParseMemory& operator=(const ParseMemory&) = delete;

 private:
  MemoryContext context_;
};

/// PostgreSQL counts an error's place in characters from 1.
uint32_t byte_of_character(std::string_view text, int character) {
  uint32_t at = 0;
  for (int i = 1; i < character && at < text.size(); ++i) at += utf8::step_at(text, at).bytes;
  return at;
}

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

/// `text` with `${name}` and `{{ name }}`, which a runner replaces before it runs the script,
/// turned into names of the same length. Empty where there are none.
std::string with_placeholders_as_names(const Places& places) {
  std::string out;
  const std::string_view text = places.text();
  for (size_t i = 0; i < places.count(); ++i) {
    const ByteRange range = places.range(i);
    const std::string_view token = range.of(text);
    const bool may_hold_one =
        places.kind(i) == TokenKind::kParameter || places.kind(i) == TokenKind::kWord;
    if (!may_hold_one || token.find('{') == std::string_view::npos) continue;
    if (out.empty()) out = text;
    for (uint32_t at = range.begin; at < range.end; ++at) {
      const char c = out[at];
      const bool is_name_char =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      if (!is_name_char) out[at] = '_';
    }
  }
  return out;
}

/// Parses `text` and adds its operations. False, with the problem, where it is not SQL.
bool parse_into(const std::string& text, const Places& places, ParsedStatement& out) {
  const ParseMemory memory;
  const PgQueryInternalParsetreeAndError result = pg_query_raw_parse(text.c_str());
  std::free(result.stderr_buffer);
  if (result.error != nullptr && std::string_view(result.error->message) == "out of memory") {
    pg_query_free_error(result.error);
    throw std::bad_alloc();  // says nothing of the statement
  }
  if (result.error != nullptr) {
    out.problems.push_back(problem_of(*result.error, places));
    pg_query_free_error(result.error);
    return false;
  }
  Builder builder(places);
  for (const auto* raw : elements<RawStmt>(result.tree)) builder.statement(raw->stmt);
  out.operations = std::move(builder.operations());
  return true;
}

}  // namespace

StatementPtr parse(std::string_view text, std::span<const Token> tokens, uint32_t token_base,
                   const Dialect& /*dialect*/) {
  auto out = std::make_shared<ParsedStatement>();
  out->text = text;
  const Places places(out->text, tokens, token_base);
  // The grammar takes a text that ends at a NUL byte: the rest would be dropped in silence.
  const size_t nul = text.find('\0');
  if (nul != std::string_view::npos) {
    const auto at = static_cast<uint32_t>(nul);
    out->problems.push_back({{at, at + 1}, "NUL byte in the statement"});
  } else if (!parse_into(out->text, places, *out)) {
    const std::string replaced = with_placeholders_as_names(places);
    if (!replaced.empty()) {
      ParsedStatement second;
      if (parse_into(replaced, places, second)) {
        out->problems.clear();
        out->operations = std::move(second.operations);
      }
    }
  }
  if (!out->problems.empty()) {
    out->operations = {{{0, static_cast<uint32_t>(text.size())}, Unknown{"it cannot be parsed"}}};
  }
  return out;
}

}  // namespace belay::sql::postgres

#include "analyzer/run_time_parts.h"

#include <algorithm>
#include <memory>

#include "analyzer/text/lexer.h"
#include "support/ascii.h"

namespace belay {
namespace {

using project::RunTimePart;

bool changes_rows_alone(const sql::ParsedStatement& statement) {
  return statement.problems.empty() && !statement.operations.empty() &&
         std::all_of(statement.operations.begin(), statement.operations.end(),
                     [](const sql::Operation& o) {
                       return o.as<sql::Insert>() != nullptr || o.as<sql::Update>() != nullptr ||
                              o.as<sql::Delete>() != nullptr || o.as<sql::Select>() != nullptr;
                     });
}

bool is_within_string(std::string_view statement, ByteRange part, Engine engine) {
  Lexer lexer(statement, engine);
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    if (token.range.begin >= part.begin) return false;
    if (token.is(TokenKind::kString) && token.range.contains(part)) return true;
  }
  return false;
}

/// Whether the part stands for one value, whatever it turns out to be.
bool is_value(const RunTimePart& part, ByteRange statement, std::string_view text, Engine engine) {
  const ByteRange within = {part.range.begin - statement.begin, part.range.end - statement.begin};
  if (is_within_string(statement.of(text), within, engine)) return true;
  const auto joins = [&](uint32_t at) {
    const char c = statement.contains(at) ? text[at] : ' ';
    return ascii::is_word(c) || c == '"' || c == '`' || c == '.' || c == '$';
  };
  const bool stands_alone =
      (part.range.begin == 0 || !joins(part.range.begin - 1)) && !joins(part.range.end);
  return part.harmless && stands_alone;
}

sql::StatementPtr unknown_statement(const sql::ParsedStatement& statement, std::string why) {
  auto out = std::make_shared<sql::ParsedStatement>();
  out->text = statement.text;
  const auto size = static_cast<uint32_t>(statement.text.size());
  out->operations.push_back({{0, size}, sql::Unknown{std::move(why)}});
  return out;
}

sql::StatementPtr perhaps_run(const sql::ParsedStatement& statement, std::string why) {
  auto out = std::make_shared<sql::ParsedStatement>(statement);
  const auto size = static_cast<uint32_t>(statement.text.size());
  out->operations.push_back({{0, size}, sql::Unknown{std::move(why)}});
  return out;
}

}  // namespace

void mark_run_time_parts(sql::ParsedScript& script, std::span<const RunTimePart> parts,
                         std::string_view text, Engine engine) {
  for (sql::ScriptStatement& statement : script.statements) {
    if (statement.parsed == nullptr) continue;
    const bool rows_alone = changes_rows_alone(*statement.parsed);
    for (const RunTimePart& part : parts) {
      if (!part.range.overlaps(statement.range)) continue;
      if (part.is_condition) {
        if (!rows_alone) statement.parsed = perhaps_run(*statement.parsed, part.why);
      } else if (!rows_alone || !is_value(part, statement.range, text, engine)) {
        statement.parsed = unknown_statement(*statement.parsed, part.why);
        break;
      }
    }
  }
}

}  // namespace belay

// A file of SQL is analysed with the text that the editor has. A C++ source is not: Clang reads it
// beside, and half of a literal is no C++ at all. So its literals are read again here, from the
// text as it is, and only which method the cursor stands in is taken from the last reading.

#include "lsp/features/completion/sql_place.h"

#include <algorithm>

#include "analyzer/schema/replay.h"
#include "lsp/features/edited_text.h"
#include "support/ascii.h"
#include "workbench/cpp/cpp_sources.h"

namespace belay::lsp {
namespace {

/// The statements of a script that end before `cursor`, and where the one begins that does not.
struct Cut {
  size_t earlier = 0;
  uint32_t gap = 0;  ///< where the statement before ends
  uint32_t begin = 0;
  uint32_t end = 0;
};

/// None within a command of the database's shell, which is no SQL.
std::optional<Cut> cut_at(const sql::ParsedScript& script, ByteRange whole, uint32_t cursor) {
  Cut out = {0, whole.begin, cursor, cursor};
  const auto& statements = script.statements;
  while (out.earlier < statements.size()) {
    const sql::ScriptStatement& s = statements[out.earlier];
    const bool is_last =
        out.earlier + 1 == statements.size() || cursor < statements[out.earlier + 1].range.begin;
    if (cursor < s.range.begin) break;
    if (s.is_client_command() && cursor <= s.range.end) return std::nullopt;
    // Behind its semicolon a statement is over; without one it goes on until the next.
    if (is_last && (!s.terminated || cursor < s.end) && !s.is_client_command()) {
      out.begin = s.range.begin;
      out.end = std::max(s.range.end, cursor);
      break;
    }
    ++out.earlier;
    out.gap = s.end;
  }
  return out;
}

void replay(const sql::ParsedScript& script, size_t statements, uint32_t script_id,
            schema::Schema& schema) {
  schema::Replay run(std::move(schema));
  for (uint32_t s = 0; s < statements; ++s) {
    const sql::StatementPtr& parsed = script.statements[s].parsed;
    if (parsed == nullptr) continue;
    for (size_t o = 0; o < parsed->operations.size(); ++o) run.apply(*parsed, o, {script_id, s});
  }
  schema = std::move(run).take();
}

const schema::Schema& schema_before(const DocumentScript& script) {
  const AnalyzedMigration& migration = *script.history->set->migrations[script.migration];
  return script.direction == project::Direction::kUp ? migration.before : migration.after;
}

uint32_t script_id(const DocumentScript& script) {
  return 2 * script.migration + (script.direction == project::Direction::kDown ? 1 : 0);
}

void visit_cut(SqlPlace& place, const sql::ParsedScript& script, ByteRange whole,
               const std::function<void(const SqlPlace&)>& visit) {
  const Engine engine = place.script.history->set->set->dialect.engine;
  const std::optional<Cut> cut = cut_at(script, whole, place.cursor);
  if (!cut) return;
  replay(script, cut->earlier, script_id(place.script), place.before);
  // What was read may be longer than what stands there by now.
  const uint32_t gap = std::min(cut->gap, place.cursor);
  place.typed = typed_statement(place.text, engine, gap, cut->end, place.cursor);
  place.statement_begin = cut->begin;
  visit(place);
}

/// Literals with nothing between them are one text.
std::vector<cpp::Literal> literals_around(std::string_view source, uint32_t cursor) {
  std::vector<cpp::Literal> out;
  // The cursor may stand before the first byte or behind the last one of what is in the quotes.
  std::optional<cpp::Literal> here = cpp::literal_around(source, cursor);
  if ((!here || cursor < here->content.begin) && cursor > 0) {
    here = cpp::literal_around(source, cursor - 1);
  }
  if (!here || cursor < here->content.begin || cursor > here->content.end) return out;
  const auto is_space = [&](uint32_t at) { return ascii::is_space(source[at]); };
  out.push_back(*here);
  for (uint32_t at = here->range.begin; at > 0;) {
    while (at > 0 && is_space(at - 1)) --at;
    if (at == 0 || source[at - 1] != '"') break;
    std::optional<cpp::Literal> earlier = cpp::literal_around(source, at - 1);
    if (!earlier || earlier->range.end != at) break;
    at = earlier->range.begin;
    out.insert(out.begin(), std::move(*earlier));
  }
  for (uint32_t at = here->range.end; at < source.size();) {
    while (at < source.size() && is_space(at)) ++at;
    std::optional<cpp::Literal> later = cpp::read_literal(source, at);
    if (!later) break;
    at = later->range.end;
    out.push_back(std::move(*later));
  }
  return out;
}

/// The script, of the last reading, with the call that holds a byte of the file; the statements
/// that run before that call.
std::optional<std::pair<DocumentScript, uint32_t>> call_at(const FeatureInput& input, uint32_t at) {
  for (const DocumentScript& script : scripts_in(input.document)) {
    const std::shared_ptr<const SourceMap>& sources = script.location().sources;
    if (sources == nullptr) continue;
    if (const auto offset = sources->offset_of(input.document.path, at)) {
      const SourceMap::Part* part = sources->part_at(*offset);
      return std::pair(script, part == nullptr ? *offset : part->text.begin);
    }
  }
  return std::nullopt;
}

void with_cpp_place(const FeatureInput& input, const Document& open, uint32_t cursor,
                    const std::function<void(const SqlPlace&)>& visit) {
  const std::vector<cpp::Literal> literals = literals_around(open.text(), cursor);
  if (literals.empty()) return;
  const uint32_t begin = literals.front().content.begin;
  const EditedText edited(input.text().text(), open.text());
  const auto call = call_at(input, edited.known(begin));
  if (!call) return;
  const auto& [script, call_begin] = *call;
  SqlPlace place = {script, "", 0, {}, schema_before(script), 0, std::nullopt, 0};
  for (const cpp::Literal& literal : literals) {
    const auto base = static_cast<uint32_t>(place.text.size());
    place.text += literal.bytes;
    if (literal.content.begin > cursor || cursor > literal.content.end) continue;
    const auto behind = std::find_if(literal.places.begin(), literal.places.end(),
                                     [&](ByteRange p) { return p.begin >= cursor; });
    place.cursor = base + static_cast<uint32_t>(behind - literal.places.begin());
    place.literal = literal;
    place.literal_begin = base;
  }
  const auto& statements = script.analyzed().parsed->statements;
  const auto first_here =
      std::find_if(statements.begin(), statements.end(),
                   [&, from = call_begin](const auto& s) { return s.range.begin >= from; });
  replay(*script.analyzed().parsed, static_cast<size_t>(first_here - statements.begin()),
         script_id(script), place.before);
  const ByteRange whole = {0, static_cast<uint32_t>(place.text.size())};
  const sql::ParsedScript parsed =
      sql::parse_script(place.text, whole, script.history->set->set->dialect,
                        sql::Recovery::kGenerous, script.analyzed().parsed.get());
  visit_cut(place, parsed, whole, visit);
}

}  // namespace

std::optional<ByteRange> SqlPlace::in_document(ByteRange range) const {
  if (!literal) return range;
  const auto size = static_cast<uint32_t>(literal->bytes.size());
  if (range.begin < literal_begin || range.end > literal_begin + size) return std::nullopt;
  const auto at = [&](uint32_t offset) {
    return offset < size ? literal->places[offset].begin : literal->content.end;
  };
  const uint32_t begin = at(range.begin - literal_begin);
  if (range.empty()) return ByteRange{begin, begin};
  return ByteRange{begin, literal->places[range.end - literal_begin - 1].end};
}

void with_sql_place(const FeatureInput& input, const Document& open, uint32_t cursor,
                    const std::function<void(const SqlPlace&)>& visit) {
  if (workbench::is_cpp_source(input.document.path)) {
    return with_cpp_place(input, open, cursor, visit);
  }
  for (const DocumentScript& script : scripts_in(input.document)) {
    const ByteRange range = script.location().range;
    const bool is_end = cursor == range.end && cursor == open.text().size();
    if (!range.contains(cursor) && !is_end) continue;
    SqlPlace place = {script,
                      std::string(script.analyzed().document.text()),
                      cursor,
                      {},
                      schema_before(script),
                      0,
                      std::nullopt,
                      0};
    return visit_cut(place, *script.analyzed().parsed, range, visit);
  }
}

}  // namespace belay::lsp

#include "workbench/cpp/cpp_down.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "analyzer/cpp/literal.h"
#include "support/ascii.h"

namespace belay::workbench {
namespace {

using cpp::Literal;
using cpp::LiteralKind;

/// How the up hands its SQL over.
struct CallStyle {
  std::string before;  ///< `db.execute(`
  std::string behind;  ///< `);`
  LiteralKind kind = LiteralKind::kOrdinary;
};

/// The last name in `void up(belay::Database& db)`; empty where the parameter has none.
std::string parameter_of(std::string_view signature) {
  const size_t close = signature.rfind(')');
  if (close == std::string_view::npos) return {};
  size_t begin = close;
  while (begin > 0 && ascii::is_word(signature[begin - 1])) --begin;
  const bool is_type = begin > 0 && signature[begin - 1] == ':';
  return is_type ? std::string() : std::string(signature.substr(begin, close - begin));
}

/// Of the first call that begins with a literal.
std::optional<CallStyle> style_of(const SourceMap& sources, std::string_view source) {
  for (const SourceMap::Part& part : sources.parts()) {
    const SourceMap::Piece* piece = sources.piece_at(part.text.begin);
    if (piece == nullptr || !part.source.contains(piece->source)) continue;
    const std::optional<Literal> literal = cpp::literal_around(source, piece->source.begin);
    if (!literal || literal->range.begin < part.source.begin) continue;
    CallStyle out;
    out.before = source.substr(part.source.begin, literal->range.begin - part.source.begin);
    // What the up does with the answer is not the down's.
    if (out.before.find_first_of("\"'{};") != std::string::npos) continue;
    while (!out.before.empty() && ascii::is_space(out.before.back())) out.before.pop_back();
    const auto open = std::count(out.before.begin(), out.before.end(), '(') -
                      std::count(out.before.begin(), out.before.end(), ')');
    out.behind = std::string(static_cast<size_t>(std::max<std::ptrdiff_t>(open, 0)), ')') + ";";
    out.kind = literal->kind;
    return out;
  }
  return std::nullopt;
}

std::string raw_literal(const std::string& text) {
  std::string delimiter;
  while (text.find(")" + delimiter + "\"") != std::string::npos) delimiter += "sql";
  return "R\"" + delimiter + "(" + text + ")" + delimiter + "\"";
}

/// A literal for each line.
std::string ordinary_literals(const std::string& text, const std::string& indent) {
  std::string out;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    if (begin > 0) out += "\n" + indent;
    out += "\"" + cpp::written_in(Literal{}, text.substr(begin, end - begin)).value_or("") + "\"";
    begin = end;
  }
  return out;
}

std::string renamed(std::string signature, std::string_view up) {
  const std::string down = up == "Up" ? "Down" : "down";
  const size_t at = signature.find(std::string(up) + "(");
  if (at != std::string::npos) signature.replace(at, up.size(), down);
  while (!signature.empty() && ascii::is_space(signature.back())) signature.pop_back();
  return signature;
}

}  // namespace

Result<TextEdit> cpp_down_edit(const project::Migration& migration, const AnalyzedScript& up,
                               const std::string& script, const Dialect& dialect) {
  const project::ClassDeclaration& declared = *migration.declaration;
  const std::string where = declared.place.path;
  if (migration.down) {
    return Error{"the class has a down", where, "take it out first, or complete it by hand"};
  }
  if (!declared.up_definition) {
    return Error{"its up is not written within the class", where, "write the down there"};
  }
  const std::string_view source = up.source.text();
  const ByteRange method = declared.up_definition->range;
  const ByteRange name = up.sources->anchor().range;
  const size_t body = source.find('{', name.end);
  const std::string signature(source.substr(method.begin, body - method.begin));
  const std::string indent(indentation(source, method.begin));
  CallStyle style = style_of(*up.sources, source).value_or(CallStyle{});
  if (style.before.empty()) style = {parameter_of(signature) + ".execute(", ");", style.kind};
  std::string text = "\n" + indent + renamed(signature, name.of(source)) + " {\n";
  const sql::ParsedScript parsed = sql::parse_script(
      script, {0, static_cast<uint32_t>(script.size())}, dialect, sql::Recovery::kExact, nullptr);
  const std::string inner = indent + (indent.find('\t') == std::string::npos ? "  " : "\t");
  for (const sql::ScriptStatement& statement : parsed.statements) {
    const std::string sql(statement.range.of(script));
    const std::string aligned(inner.size() + style.before.size(), ' ');
    text += inner + style.before +
            (style.kind == LiteralKind::kRaw ? raw_literal(sql) : ordinary_literals(sql, aligned)) +
            style.behind + "\n";
  }
  text += indent + "}";
  TextEdit out{{method.end, method.end}, std::move(text)};
  constexpr std::string_view kForwardOnly = "Migration";
  if (declared.base && declared.is_ours && !declared.declares_reversible &&
      declared.base->range.of(source).ends_with(kForwardOnly) &&
      declared.base->range.end <= method.begin) {
    const uint32_t from = declared.base->range.end - static_cast<uint32_t>(kForwardOnly.size());
    out.new_text = "SafelyReversible" +
                   std::string(source.substr(declared.base->range.end,
                                             method.end - declared.base->range.end)) +
                   out.new_text;
    out.range.begin = from;
  }
  return out;
}

}  // namespace belay::workbench

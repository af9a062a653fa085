#include "lsp/features/hover.h"

#include <algorithm>

#include "analyzer/rollback/risk.h"
#include "lsp/features/markdown.h"
#include "lsp/features/names.h"
#include "lsp/features/verdict.h"
#include "support/ascii.h"

namespace belay::lsp {
namespace {

/// A statement of a script in the document.
struct Found {
  DocumentScript script;
  uint32_t statement = 0;
};

class Writer {
 public:
  explicit Writer(bool markdown) : markdown_(markdown) {}

  void heading(const std::string& text) {
    paragraph(markdown_ ? "**" + escaped_markdown(text) + "**" : text);
  }
  void item(std::string_view label, std::string_view text) {
    if (!in_list_) out_ += "\n";
    in_list_ = true;
    if (!markdown_) {
      out_.append("  ").append(label).append(": ").append(text).append("\n");
      return;
    }
    out_.append("- *").append(label).append("*: ").append(escaped_markdown(text)).append("\n");
  }
  std::string take() && {
    while (out_.ends_with('\n')) out_.pop_back();
    return std::move(out_);
  }

 private:
  void paragraph(const std::string& text) {
    if (!out_.empty()) out_ += "\n";
    out_ += text + "\n";
    in_list_ = false;
  }

  bool markdown_;
  bool in_list_ = false;
  std::string out_;
};

std::optional<Found> statement_at(const FeatureInput& input, uint32_t place) {
  for (const DocumentScript& script : scripts_in(input.document)) {
    const std::shared_ptr<const SourceMap>& sources = script.location().sources;
    const std::optional<uint32_t> within =
        sources == nullptr ? place : sources->offset_of(input.document.path, place);
    if (!within) continue;
    const uint32_t offset = *within;
    const std::vector<sql::ScriptStatement>& statements = script.analyzed().parsed->statements;
    // The last one that begins at or before the place.
    const auto behind = std::upper_bound(
        statements.begin(), statements.end(), offset,
        [](uint32_t at, const sql::ScriptStatement& s) { return at < s.range.begin; });
    if (behind == statements.begin()) continue;
    const auto at = behind - 1;
    if (offset > at->range.end) continue;
    return Found{script, static_cast<uint32_t>(at - statements.begin())};
  }
  return std::nullopt;
}

/// `add_column` to `Add column`; an object of a kind is called by it: `Drop view`.
std::string title_of(const sql::Operation& operation) {
  std::string out(sql::operation_name(operation));
  const auto* drop = std::get_if<sql::DropObject>(&operation.data);
  if (drop != nullptr && drop->kind != sql::ObjectKind::kOther) {
    out = "drop " + std::string(sql::object_kind_name(drop->kind));
  }
  std::replace(out.begin(), out.end(), '_', ' ');
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 32);
  return out;
}

void write_step(Writer& out, const sql::ParsedStatement& statement,
                const rules::ScriptTrace::Step& step) {
  out.heading(title_of(statement.operations[step.operation]));
  const bool in_transaction = step.session.in_transaction;
  if (!step.effect.relations.empty() || step.effect.outside_transaction) {
    effects::Effect known = step.effect;
    known.unknown.clear();
    out.item("cost", effects::describe(known));
  }
  for (const rollback::DataLoss& loss : step.losses) out.item("lost", loss.to_string());
  if (!step.effect.unknown.empty()) out.item("not certain", step.effect.unknown);
  const rollback::Risk risk = rollback::risk_of(step.effect, step.losses);
  out.item("risk", rollback::risk_name(risk));
  if (in_transaction && step.effect.strongest() > effects::LockMode::kAccessShare) {
    out.item("locks", "held until the transaction ends");
  }
}

/// Over a script's first statement, as the lens is.
void write_verdict(Writer& out, const DocumentScript& script) {
  const AnalyzedSet& set = *script.history->set;
  if (!has_verdict(set, script.migration)) return;
  std::string title = verdict_line(set.migrations[script.migration]->reversibility);
  title[0] = ascii::to_upper(title[0]);
  out.heading(title);
  for (const auto& [label, text] : verdict_facts(set, script.migration)) out.item(label, text);
}

std::string contents_of(const Found& found, bool markdown) {
  const AnalyzedScript& script = found.script.analyzed();
  const sql::ScriptStatement& statement = script.parsed->statements[found.statement];
  Writer out(markdown);
  if (statement.is_client_command()) {
    out.heading("A command of the database's shell");
    out.item("risk", "unknown: it is no SQL");
    return std::move(out).take();
  }
  for (const sql::Problem& problem : statement.parsed->problems) {
    out.heading("Not understood");
    out.item("why", problem.message);
  }
  const auto& steps = script.result->trace.steps;
  // Steps are in order, so those of a statement stand together.
  auto step = std::lower_bound(
      steps.begin(), steps.end(), found.statement,
      [](const rules::ScriptTrace::Step& s, uint32_t wanted) { return s.statement < wanted; });
  for (; step != steps.end() && step->statement == found.statement; ++step) {
    if (statement.parsed->problems.empty()) write_step(out, *statement.parsed, *step);
  }
  if (found.statement == 0) write_verdict(out, found.script);
  return std::move(out).take();
}

}  // namespace

std::optional<Hover> hover(const FeatureInput& input, Position position, bool markdown) {
  const uint32_t offset = input.text().offset_at(position, input.unit);
  const std::optional<Found> found = statement_at(input, offset);
  if (!found) return std::nullopt;
  Hover out;
  out.contents = contents_of(*found, markdown);
  const auto& statements = found->script.analyzed().parsed->statements;
  const Place place = found->script.location().place(statements[found->statement].range);
  if (place.path == input.document.path) out.range = input.positions(place.range);
  if (std::optional<Hover> name = name_hover(input, position, markdown)) {
    const char* between = out.contents.empty() ? "" : markdown ? "\n\n---\n\n" : "\n\n";
    out.contents = name->contents + between + out.contents;
    out.range = name->range;
  }
  if (out.contents.empty()) return std::nullopt;
  return out;
}

}  // namespace belay::lsp

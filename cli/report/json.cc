#include <nlohmann/json.hpp>

#include "cli/report/finding_json.h"
#include "cli/report/report.h"

namespace belay::cli {

nlohmann::ordered_json range_json(const Document& document, ByteRange range) {
  const auto point = [&](uint32_t offset) {
    const Position p = document.position_at(offset, ColumnUnit::kUtf32);
    return nlohmann::ordered_json{
        {"line", p.line + 1}, {"column", p.character + 1}, {"offset", offset}};
  };
  return {{"start", point(range.begin)}, {"end", point(range.end)}};
}

nlohmann::ordered_json effect_json(const effects::Effect& effect) {
  nlohmann::ordered_json out;
  out["relations"] = nlohmann::ordered_json::array();
  for (const effects::RelationEffect& r : effect.relations) {
    out["relations"].push_back({{"relation", r.relation},
                                {"lock", effects::lock_mode_name(r.lock)},
                                {"blocks", effects::blocked_by(r.lock)},
                                {"rewrite", r.rewrite},
                                {"scan", r.scan},
                                {"builds_index", r.builds_index},
                                {"new", r.is_new}});
  }
  out["outside_transaction"] = effect.outside_transaction;
  if (!effect.unknown.empty()) out["unknown"] = effect.unknown;
  return out;
}

namespace {

nlohmann::ordered_json finding_json(const workbench::LintedFile& file, const Finding& f) {
  nlohmann::ordered_json out;
  out["rule"] = f.rule;
  out["severity"] = severity_name(f.severity);
  out["file"] = file.path;
  out["range"] = range_json(file.document, f.place.range);
  if (!f.statement.empty()) {
    out["statement"] = {{"text", f.statement.of(file.document.text())},
                        {"range", range_json(file.document, f.statement)}};
  }
  if (f.effect) out["effect"] = effect_json(*f.effect);
  out["message"] = f.message;
  out["related"] = nlohmann::ordered_json::array();
  for (const RelatedPlace& r : f.related) {
    nlohmann::ordered_json related = {{"file", r.place.path}, {"message", r.message}};
    if (r.place.path == file.path) related["range"] = range_json(file.document, r.place.range);
    out["related"].push_back(std::move(related));
  }
  out["fixes"] = nlohmann::ordered_json::array();
  for (const Fix& fix : f.fixes) {
    nlohmann::ordered_json edits = nlohmann::ordered_json::array();
    for (const TextEdit& edit : fix.edits) {
      edits.push_back(
          {{"range", range_json(file.document, edit.range)}, {"new_text", edit.new_text}});
    }
    out["fixes"].push_back({{"title", fix.title}, {"file", fix.path}, {"edits", std::move(edits)}});
  }
  return out;
}

}  // namespace

void report_json(std::ostream& out, const workbench::LintResult& result) {
  for (const workbench::LintedFile& file : result.files) {
    for (const Finding& f : file.findings) {
      // Bytes that are no UTF-8 cannot stand in JSON; they come out as U+FFFD.
      out << finding_json(file, f).dump(-1, ' ', false,
                                        nlohmann::ordered_json::error_handler_t::replace)
          << '\n';
    }
  }
}

}  // namespace belay::cli

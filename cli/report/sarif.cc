#include <nlohmann/json.hpp>
#include <set>

#include "analyzer/rules/rule.h"
#include "cli/report/report.h"
#include "cli/version.h"
#include "support/hash.h"

namespace belay::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string_view level(Severity severity) {
  switch (severity) {
    case Severity::kError: return "error";
    case Severity::kWarning: return "warning";
    default: return "note";
  }
}

Json rule_json(const rules::Descriptor& d) {
  const std::string why(d.why);
  const std::string instead(d.instead);
  return {{"id", d.id},
          {"shortDescription", {{"text", d.title}}},
          {"fullDescription", {{"text", why}, {"markdown", why}}},
          {"help",
           {{"text", why + "\n\nInstead: " + instead},
            {"markdown", why + "\n\n**Instead:** " + instead}}},
          {"defaultConfiguration", {{"level", level(d.severity)}}},
          {"properties", {{"category", rules::category_name(d.category)}}}};
}

/// A path as a URI reference: relative ones stay relative. A colon is written as its code, or the
/// folder before it would read as a scheme.
std::string uri(const std::string& path) {
  static constexpr std::string_view kPlain = "-._~/!$&'()*+,;=@";
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const auto byte = static_cast<uint8_t>(c);
    if (std::isalnum(byte) != 0 || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

Json region(const Document& document, ByteRange range) {
  const PositionRange p = document.positions_of(range, ColumnUnit::kUtf32);
  return {{"startLine", p.start.line + 1}, {"startColumn", p.start.character + 1},
          {"endLine", p.end.line + 1},     {"endColumn", p.end.character + 1},
          {"byteOffset", range.begin},     {"byteLength", range.size()}};
}

Json location(const std::string& path, const Document& document, ByteRange range) {
  return {{"physicalLocation",
           {{"artifactLocation", {{"uri", uri(path)}}}, {"region", region(document, range)}}}};
}

/// The same for the same statement in the same file, wherever it moves to.
std::string fingerprint(const workbench::LintedFile& file, const Finding& f) {
  uint64_t h = hash_bytes(f.rule);
  h = combine_hashes(h, hash_bytes(file.path));
  h = combine_hashes(h, hash_bytes(f.statement.of(file.document.text())));
  char text[17];
  for (int i = 15; i >= 0; --i, h >>= 4U) text[i] = "0123456789abcdef"[h & 15U];
  return std::string(text, 16);
}

Json result_json(const workbench::LintedFile& file, const Finding& f) {
  Json out = {{"ruleId", f.rule},
              {"ruleIndex", *rules::rule_index(f.rule)},
              {"level", level(f.severity)},
              {"message", {{"text", f.message}}},
              {"locations", Json::array({location(file.path, file.document, f.place.range)})},
              {"partialFingerprints", {{"belay/v1", fingerprint(file, f)}}}};
  for (const RelatedPlace& r : f.related) {
    Json place =
        r.place.path == file.path
            ? location(r.place.path, file.document, r.place.range)
            : Json{{"physicalLocation", {{"artifactLocation", {{"uri", uri(r.place.path)}}}}}};
    place["message"] = {{"text", r.message}};
    out["relatedLocations"].push_back(std::move(place));
  }
  for (const Fix& fix : f.fixes) {
    Json replacements = Json::array();
    for (const TextEdit& edit : fix.edits) {
      replacements.push_back({{"deletedRegion", region(file.document, edit.range)},
                              {"insertedContent", {{"text", edit.new_text}}}});
    }
    out["fixes"].push_back(
        {{"description", {{"text", fix.title}}},
         {"artifactChanges", Json::array({{{"artifactLocation", {{"uri", uri(fix.path)}}},
                                           {"replacements", std::move(replacements)}}})}});
  }
  return out;
}

}  // namespace

void report_sarif(std::ostream& out, const workbench::LintResult& result) {
  Json rule_list = Json::array();
  for (const rules::Rule& rule : rules::all_rules()) {
    rule_list.push_back(rule_json(*rule.descriptor));
  }
  Json results = Json::array();
  for (const workbench::LintedFile& file : result.files) {
    for (const Finding& f : file.findings) results.push_back(result_json(file, f));
  }
  const Json sarif = {{"$schema",
                       "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                       "sarif-schema-2.1.0.json"},
                      {"version", "2.1.0"},
                      {"runs", Json::array({{{"tool",
                                              {{"driver",
                                                {{"name", "belay"},
                                                 {"semanticVersion", kVersion},
                                                 {"rules", std::move(rule_list)}}}}},
                                             {"columnKind", "unicodeCodePoints"},
                                             {"results", std::move(results)}}})}};
  out << sarif.dump(1, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace belay::cli

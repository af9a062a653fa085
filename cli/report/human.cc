#include <algorithm>
#include <set>
#include <string>

#include "analyzer/rules/rule.h"
#include "cli/report/report.h"
#include "cli/report/source_view.h"

namespace belay::cli {
namespace {

std::string severity_text(Severity severity, const Style& style) {
  const std::string_view name = severity_name(severity);
  switch (severity) {
    case Severity::kError: return style.red(name);
    case Severity::kWarning: return style.yellow(name);
    default: return style.blue(name);
  }
}

/// A text of a rule's documentation under a finding: the first line behind a heading, the others
/// indented, fences of code and empty lines left out.
void print_indented(std::ostream& out, std::string_view heading, std::string_view text,
                    const Style& style) {
  bool first = true;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with("```")) continue;
    out << (first ? style.bold("      " + std::string(heading)) : "          ") << line << '\n';
    first = false;
  }
}

void print_finding(std::ostream& out, const workbench::LintedFile& file, const Finding& f,
                   std::set<std::string_view>& explained, const Style& style) {
  out << severity_text(f.severity, style) << style.bold("[" + std::string(f.rule) + "] ")
      << place_text(file.path, file.document, f.place.range.begin) << '\n';
  if (!file.document.text().empty()) print_source(out, file.document, f.place.range, style);
  out << "      " << f.message << '\n';
  if (f.effect && !f.effect->relations.empty()) {
    out << style.bold("      cost: ") << effects::describe(*f.effect) << '\n';
  }
  for (const RelatedPlace& r : f.related) {
    const bool same_file = r.place.path == file.path;
    out << style.bold("      see: ")
        << (same_file ? place_text(r.place.path, file.document, r.place.range.begin) : r.place.path)
        << ": " << r.message << '\n';
  }
  const auto rule = rules::rule_index(f.rule);
  if (rule && explained.insert(f.rule).second) {
    const rules::Descriptor& d = *rules::all_rules()[*rule].descriptor;
    print_indented(out, "instead: ", d.instead, style);
    out << style.dim("      more: belay explain " + std::string(f.rule)) << '\n';
  }
  out << '\n';
}

std::string plural(size_t n, std::string_view noun) {
  return std::to_string(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

void print_summary(std::ostream& out, const workbench::LintResult& result, const Style& style) {
  const size_t errors = result.count(Severity::kError);
  const size_t warnings = result.count(Severity::kWarning);
  const size_t infos = result.count(Severity::kInfo);
  if (errors + warnings + infos == 0) {
    out << style.bold("Nothing found");
  } else {
    out << style.bold(plural(errors, "error") + ", " + plural(warnings, "warning") +
                      (infos == 0 ? "" : ", " + std::to_string(infos) + " for information"));
  }
  out << " in " << plural(result.files_checked, "file") << " ("
      << plural(result.migrations, "migration") << ", " << plural(result.statements, "statement");
  if (result.statements_unknown > 0) {
    out << ", " << result.statements_unknown << " of them not analysed";
  }
  if (result.suppressed > 0) out << ", " << plural(result.suppressed, "finding") << " suppressed";
  out << ").\n";
}

}  // namespace

void report_human(std::ostream& out, const workbench::LintResult& result,
                  const HumanOptions& options) {
  const Style style(options.colours);
  std::set<std::string_view> explained;
  for (const workbench::LintedFile& file : result.files) {
    for (const Finding& f : file.findings) {
      if (options.quiet && f.severity < Severity::kError) continue;
      print_finding(out, file, f, explained, style);
    }
  }
  print_summary(out, result, style);
}

void report_configuration(std::ostream& out, const workbench::LintResult& result, bool colours) {
  const Style style(colours);
  for (const workbench::ConfigReport& config : result.configs) {
    for (const project::ConfigProblem& p : config.problems) {
      const bool is_error = p.severity == project::ConfigProblem::Severity::kError;
      out << (is_error ? style.red("error") : style.yellow("warning"))
          << style.bold("[configuration] ")
          << place_text(config.path, config.document, p.range.begin) << '\n';
      print_source(out, config.document, p.range, style);
      out << "      " << p.message << "\n\n";
    }
  }
}

void report_choices(std::ostream& out, const workbench::LintResult& result) {
  for (const project::Choice& c : result.choices) {
    out << c.what << ": " << c.value << "\n    " << c.why << '\n';
  }
}

}  // namespace belay::cli

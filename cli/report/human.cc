#include <algorithm>
#include <set>
#include <string>

#include "analyzer/rules/rule.h"
#include "cli/report/report.h"
#include "cli/report/source_view.h"
#include "support/counted.h"
#include "support/file_system.h"

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

constexpr size_t kWidth = 96;
constexpr std::string_view kIndent = "      ";

/// How many columns a text takes; wide characters count as one.
size_t columns_of(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<uint8_t>(c) & 0xC0U) != 0x80U; }));
}

/// The length of the first word; what stands in backquotes is one, unless it is long.
size_t word_size(std::string_view text) {
  constexpr size_t kMostQuoted = 60;
  const size_t space = std::min(text.find(' '), text.size());
  const size_t quote = text.find('`');
  if (quote >= space) return space;
  const size_t close = text.find('`', quote + 1);
  if (close == std::string_view::npos || close - quote > kMostQuoted) return space;
  return close + 1 + word_size(text.substr(close + 1));
}

/// Prints words in lines of at most kWidth columns. `column` is where the first line stands now.
void print_wrapped(std::ostream& out, std::string_view text, size_t column,
                   std::string_view indent) {
  bool first = true;
  while (!text.empty()) {
    const size_t end = word_size(text);
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    const size_t width = columns_of(word);
    if (!first && column + 1 + width > kWidth) {
      out << '\n' << indent;
      column = indent.size();
    } else if (!first) {
      out << ' ';
      ++column;
    }
    out << word;
    column += width;
    first = false;
  }
  out << '\n';
}

/// `heading: text`, wrapped, the later lines a little further in.
void print_note(std::ostream& out, std::string_view heading, std::string_view text,
                const Style& style) {
  out << kIndent << style.bold(heading) << ' ';
  print_wrapped(out, text, kIndent.size() + heading.size() + 1, std::string(kIndent) + "  ");
}

/// The text with links to other rules' pages, `[x](x.md)`, as what to call instead.
std::string without_links(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t open = text.find('[');
    const size_t middle = text.find("](", open);
    const size_t close = text.find(".md)", middle);
    if (close == std::string_view::npos) break;
    const std::string_view name = text.substr(open + 1, middle - open - 1);
    const bool is_link = text.substr(middle + 2, close - middle - 2) == name;
    const size_t end = is_link ? close + 4 : open + 1;
    out += is_link ? std::string(text.substr(0, open)) + "`belay explain " + std::string(name) + "`"
                   : std::string(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out.append(text);
}

/// A text of a rule's documentation under a finding: its paragraphs wrapped, its code as it is.
void print_documentation(std::ostream& out, std::string_view heading, std::string_view text,
                         const Style& style) {
  std::string paragraph;
  bool code = false;
  bool headed = false;
  const auto flush = [&] {
    if (paragraph.empty()) return;
    if (!headed) {
      print_note(out, heading, without_links(paragraph), style);
    } else {
      out << kIndent << "  ";
      print_wrapped(out, without_links(paragraph), kIndent.size() + 2, std::string(kIndent) + "  ");
    }
    headed = true;
    paragraph.clear();
  };
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("```")) {
      flush();
      code = !code;
    } else if (code) {
      out << kIndent << "    " << line << '\n';
    } else if (line.empty()) {
      flush();
    } else {
      paragraph += (paragraph.empty() ? "" : " ") + std::string(line);
    }
  }
  flush();
}

/// Whether a finding is about its file and no place in it.
bool is_about_file(const Finding& f) { return f.statement.empty() && f.place.range == ByteRange{}; }

void print_finding(std::ostream& out, const workbench::LintedFile& file, const Finding& f,
                   std::set<std::string_view>& explained, const Style& style) {
  out << severity_text(f.severity, style) << style.bold("[" + std::string(f.rule) + "] ")
      << (is_about_file(f) ? file.path : place_text(file.path, file.document, f.place.range.begin))
      << '\n';
  if (!is_about_file(f) && !file.document.text().empty()) {
    print_source(out, file.document, f.place.range, style);
  }
  out << kIndent;
  print_wrapped(out, f.message, kIndent.size(), kIndent);
  if (f.effect && !f.effect->relations.empty()) {
    print_note(out, "cost:", effects::describe(*f.effect), style);
  }
  for (const RelatedPlace& r : f.related) {
    const bool same_file = r.place.path == file.path;
    const std::string place =
        same_file ? place_text(r.place.path, file.document, r.place.range.begin) : r.place.path;
    print_note(out, "see:", place + ": " + r.message, style);
  }
  const auto rule = rules::rule_index(f.rule);
  if (rule && explained.insert(f.rule).second) {
    const rules::Descriptor& d = *rules::all_rules()[*rule].descriptor;
    print_documentation(out, "instead:", d.instead, style);
    out << style.dim(std::string(kIndent) + "more: belay explain " + std::string(f.rule)) << '\n';
  }
  out << '\n';
}

void print_summary(std::ostream& out, const workbench::LintResult& result, const Style& style) {
  const size_t errors = result.count(Severity::kError);
  const size_t warnings = result.count(Severity::kWarning);
  const size_t infos = result.count(Severity::kInfo);
  if (result.files_checked == 0 && errors + warnings + infos == 0) {
    out << style.bold("No migrations found") << ". `belay lint --explain-config` says why.\n";
    return;
  }
  if (errors + warnings + infos == 0) {
    out << style.bold("Nothing found");
  } else {
    out << style.bold(counted(errors, "error") + ", " + counted(warnings, "warning") +
                      (infos == 0 ? "" : ", " + std::to_string(infos) + " for information"));
  }
  out << " in " << counted(result.files_checked, "file") << " ("
      << counted(result.migrations, "migration");
  if (result.functions > 0) out << ", " << counted(result.functions, "function");
  out << ", " << counted(result.statements, "statement");
  if (result.statements_unknown > 0) {
    out << ", " << result.statements_unknown << " of them not analysed";
  }
  if (result.suppressed > 0) out << ", " << counted(result.suppressed, "finding") << " suppressed";
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

bool report_configuration(std::ostream& out, const std::vector<workbench::ConfigReport>& configs,
                          bool colours) {
  const Style style(colours);
  bool usable = true;
  const std::string here = path::absolute(".");
  for (const workbench::ConfigReport& config : configs) {
    usable &= !config.has_errors();
    for (const project::ConfigProblem& p : config.problems) {
      const bool is_error = p.severity == project::ConfigProblem::Severity::kError;
      out << (is_error ? style.red("error") : style.yellow("warning"))
          << style.bold("[configuration] ")
          << place_text(path::relative_to(config.path, here), config.document, p.range.begin)
          << '\n';
      print_source(out, config.document, p.range, style);
      out << kIndent;
      print_wrapped(out, p.message, kIndent.size(), kIndent);
      out << '\n';
    }
  }
  return usable;
}

void report_choices(std::ostream& out, const workbench::LintResult& result) {
  for (const project::Choice& c : result.choices) {
    out << c.what << ": " << c.value << "\n    ";
    print_wrapped(out, c.why, 4, "    ");
  }
  if (!result.choices.empty()) out << '\n';
}

}  // namespace belay::cli

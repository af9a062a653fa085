#include "lsp/features/report_markdown.h"

#include "lsp/features/markdown.h"
#include "lsp/features/session_words.h"

namespace belay::lsp {
namespace {

/// A fact's first line stands beside its label, the others below it.
void write_fact(std::string& out, const runtime::Fact& fact) {
  const std::string_view text = fact.text;
  size_t begin = 0;
  for (bool first = true; begin <= text.size(); first = false) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = on_one_line(text.substr(begin, end - begin));
    out += first ? "- **" + on_one_line(fact.label) + "**: " + line : "  - " + line;
    out += "\n";
    begin = end + 1;
  }
}

void write_list(std::string& out, std::string_view title, const std::vector<std::string>& items) {
  if (items.empty()) return;
  out += "\n## " + std::string(title) + "\n\n";
  for (const std::string& item : items) out += "- " + on_one_line(item) + ".\n";
}

}  // namespace

std::string report_markdown(std::string_view title, std::string_view place,
                            const runtime::Report& report) {
  std::string out = "# " + on_one_line(title) + "\n\n" + on_one_line(place) + "\n\n**" +
                    on_one_line(report.headline) + ".**\n\n";
  for (const runtime::Fact& fact : report.facts) write_fact(out, fact);
  write_list(out, "Warnings", report.warnings);
  write_list(out, "Notes", report.notes);
  if (report.next_steps.empty()) return out;
  out += "\n## What can be done now\n\n";
  for (const runtime::NextStep& step : report.next_steps) {
    out +=
        "1. **" + std::string(verb_of(step.action)) + "**: " + on_one_line(step.explanation) + "\n";
  }
  return out;
}

}  // namespace belay::lsp

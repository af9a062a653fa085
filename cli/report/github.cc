#include <string>

#include "cli/report/report.h"

namespace belay::cli {
namespace {

/// Workflow commands end at a line end; a few characters are written as their percent codes.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%': out += "%25"; break;
      case '\r': out += "%0D"; break;
      case '\n': out += "%0A"; break;
      case ':': out += property ? "%3A" : ":"; break;
      case ',': out += property ? "%2C" : ","; break;
      default: out += c;
    }
  }
  return out;
}

std::string_view command(Severity severity) {
  switch (severity) {
    case Severity::kError: return "error";
    case Severity::kWarning: return "warning";
    default: return "notice";
  }
}

}  // namespace

void report_github(std::ostream& out, const workbench::LintResult& result) {
  for (const workbench::LintedFile& file : result.files) {
    for (const Finding& f : file.findings) {
      const PositionRange p = file.document.positions_of(f.place.range, ColumnUnit::kUtf32);
      out << "::" << command(f.severity) << " file=" << escaped(file.path, true)
          << ",line=" << p.start.line + 1 << ",endLine=" << p.end.line + 1
          << ",col=" << p.start.character + 1 << ",endColumn=" << p.end.character + 1
          << ",title=" << escaped("belay " + std::string(f.rule), true)
          << "::" << escaped(f.message, false) << '\n';
    }
  }
}

}  // namespace belay::cli

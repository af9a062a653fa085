#include "lsp/features/verify_report.h"

#include <set>

#include "lsp/features/markdown.h"
#include "lsp/features/risk.h"
#include "workbench/verify/describe.h"

namespace belay::lsp {
namespace {

using workbench::VerifiedMigration;
using workbench::VerifyResult;

std::string engines_of(const VerifyResult& result) {
  std::set<std::string> engines;
  for (const VerifiedMigration& m : result.migrations) engines.insert(m.engine);
  return enumerated({engines.begin(), engines.end()}, engines.size());
}

void write_table(std::string& out, const VerifyResult& result) {
  out += "| | migration | verdict |\n|---|---|---|\n";
  for (const VerifiedMigration& m : result.migrations) {
    out += std::string(m.good() ? "| ok | " : "| **FAIL** | ") + on_one_line(m.id) + " | " +
           std::string(m.word()) + " |\n";
  }
}

void write_details(std::string& out, const VerifiedMigration& m) {
  const std::vector<workbench::Detail> details = workbench::details_of(m);
  if (m.good() && details.empty()) return;
  out += "\n## " + on_one_line(m.id) + ": " + std::string(m.word()) + "\n\n";
  for (const workbench::Detail& detail : details) {
    out += std::string(size_t{2} * detail.depth, ' ') + "- " + on_one_line(detail.text) + "\n";
  }
  out += "- up: " + on_one_line(m.up_path) + "\n";
  if (!m.down_path.empty()) out += "- down: " + on_one_line(m.down_path) + "\n";
}

}  // namespace

Notice verify_notice(const VerifyResult& result) {
  // As many as a message can hold.
  constexpr size_t kMostNames = 5;
  std::vector<std::string> failed;
  for (const VerifiedMigration& m : result.migrations) {
    if (!m.good()) failed.push_back(m.id + " (" + std::string(m.word()) + ")");
  }
  Notice out{MessageType::kInfo, workbench::summary_of(result) + "."};
  if (failed.empty()) return out;
  out.type = MessageType::kWarning;
  out.text += "\nTo look at: " + enumerated(failed, kMostNames) + ".";
  return out;
}

std::string verify_report(const VerifyResult& result) {
  std::string out = "# Verification by execution\n\n" + workbench::summary_of(result) + ", on " +
                    on_one_line(engines_of(result)) +
                    ": up, down, and up again on a throwaway database.\n\n";
  write_table(out, result);
  for (const VerifiedMigration& m : result.migrations) write_details(out, m);
  const std::vector<std::string> notes = workbench::notes_of(result);
  if (!notes.empty()) out += "\n## Notes\n\n";
  for (const std::string& note : notes) out += "- " + on_one_line(note) + "\n";
  return out;
}

}  // namespace belay::lsp

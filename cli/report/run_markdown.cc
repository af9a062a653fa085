#include <string_view>

#include "cli/report/run.h"
#include "support/ascii.h"

namespace belay::cli {
namespace {

using workbench::RunReport;

constexpr std::string_view kUnknown = "not known";

/// A text in a cell or a list: no mark of Markdown's, and no line of its own. An underscore within
/// a word is none.
std::string plain(std::string_view text) {
  const auto of_word = [](char c) { return ascii::is_letter(c) || ascii::is_digit(c); };
  const auto in_word = [&](size_t at) {
    return at > 0 && at + 1 < text.size() && of_word(text[at - 1]) && of_word(text[at + 1]);
  };
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool mark = std::string_view("\\`*|<[").find(c) != std::string_view::npos;
    if (mark || (c == '_' && !in_word(i))) out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

std::string or_unknown(std::string_view text) {
  return text.empty() ? std::string(kUnknown) : plain(text);
}

template <class T>
std::string number(const std::optional<T>& value, std::string_view unit = {}) {
  if (!value) return std::string(kUnknown);
  return std::to_string(*value) + (unit.empty() ? "" : " ") + std::string(unit);
}

class Page {
 public:
  void heading(std::string_view text) { out_ += "\n## " + std::string(text) + "\n\n"; }
  void row(std::string_view label, const std::string& value) {
    if (!out_.ends_with("|\n")) out_ += "| | |\n|---|---|\n";
    out_ += "| " + std::string(label) + " | " + value + " |\n";
  }
  void list(std::string_view label, const std::vector<std::string>& items) {
    if (items.empty()) return;
    out_ += (out_.ends_with("\n\n") ? "" : "\n") + std::string(label) + ":\n\n";
    for (const std::string& item : items) out_ += "- " + plain(item) + "\n";
  }
  void text(const std::string& text) { out_ += text; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

std::string status_text(RunReport::Status status) {
  switch (status) {
    case RunReport::Status::kSucceeded: return "Success";
    case RunReport::Status::kPartial: return "Partial success";
    case RunReport::Status::kFailed: return "Failed";
  }
  return "";
}

std::string versions(const RunReport& r) {
  std::string out;
  for (const RunReport::Migration& m : r.migrations) {
    out += (out.empty() ? "" : ", ") + plain(m.id);
  }
  return out.empty() ? "none" : out;
}

void summary(Page& page, const RunReport& r) {
  page.row("Command", "belay " + plain(r.command));
  page.row("Status", status_text(r.status));
  page.row("Begun", plain(r.started_at));
  page.row("Ended", plain(r.ended_at));
  page.row("Database", plain(r.database));
  page.row("Environment", r.environment.empty() ? "none named" : plain(r.environment));
  page.row("Session", r.session.empty() ? "none" : plain(r.session));
  page.row("Migrations", versions(r));
  page.row("Change", or_unknown(workbench::change_type_name(r.change_type)));
  page.row("Still pending", number(r.pending));
}

void migrations(Page& page, const RunReport& r) {
  if (r.migrations.empty()) return;
  page.heading("Migrations");
  page.text(
      "| migration | state | begun | ms | statements | risk | rollback script | reversibility |\n"
      "|---|---|---|---|---|---|---|---|\n");
  for (const RunReport::Migration& m : r.migrations) {
    page.text("| " + plain(m.id) + " | " + plain(m.state) + " | " + or_unknown(m.started_at) +
              " | " + std::to_string(m.duration_ms) + " | " + std::to_string(m.statements_done) +
              " of " + std::to_string(m.statements) + " | " + or_unknown(m.risk) + " | " +
              (m.rollback_script.empty() ? "none" : plain(m.rollback_script)) + " | " +
              or_unknown(m.reversibility) + " |\n");
  }
  for (const RunReport::Migration& m : r.migrations) {
    if (m.batches) {
      page.text("\n" + plain(m.id) + " ran in batches: " + number(m.batches) + ", which changed " +
                number(m.rows_changed_in_batches) + " rows\n");
    }
    if (!m.error.empty()) page.text("\n" + plain(m.id) + " failed: " + plain(m.error) + "\n");
    page.list(plain(m.id) + " destroys", m.data_loss);
  }
}

void schema(Page& page, const RunReport& r) {
  page.heading("Schema changes");
  if (!r.schema_known)
    page.text(
        "Not known for certain: a statement decides as it runs, or the "
        "migrations were not analysed.\n");
  if (r.added.empty() && r.modified.empty() && r.deleted.empty()) {
    if (r.schema_known || r.migrations.empty()) page.text("None.\n");
    return;
  }
  page.list("Added", r.added);
  page.list("Modified", r.modified);
  page.list("Deleted", r.deleted);
}

std::string backup_text(const RunReport& r) {
  switch (r.backup) {
    case RunReport::Backup::kNone: return "None";
    case RunReport::Backup::kNothingThere: return "None needed: there was no database before";
    case RunReport::Backup::kCreated:
      return r.snapshot && r.snapshot->verified ? "Created, verified" : "Created";
    case RunReport::Backup::kKept: return "Kept";
    case RunReport::Backup::kDropped: return "Dropped with the end of the session";
    case RunReport::Backup::kFailed: return "Backup failed";
  }
  return "";
}

void data(Page& page, const RunReport& r) {
  page.heading("Data");
  const bool has = r.snapshot.has_value();
  page.row("Backup", backup_text(r));
  if (has) {
    page.row("Backup location", plain(r.snapshot->path));
    page.row("Records in it", number(r.snapshot->rows));
  }
  page.row("Rows added", number(r.rows_added));
  page.row("Rows removed", number(r.rows_removed));
  const std::string_view checks = workbench::checks_name(r.checks);
  page.row("Data validation", checks.empty()       ? "Not made"
                              : checks == "passed" ? "Passed"
                                                   : "Issues found");
  page.list("Issues", r.issues);
  if (r.tables.empty()) return;
  page.text(
      "\n| table | rows before | rows after | lock | who waits | held for | rewritten |\n"
      "|---|---|---|---|---|---|---|\n");
  for (const RunReport::Table& t : r.tables) {
    const bool counted = t.rows_before || t.rows_after;
    const auto rows = [&](const std::optional<uint64_t>& n) {
      return n ? std::to_string(*n) : std::string(counted ? "no table" : "unchanged");
    };
    page.text("| " + plain(t.name) + " | " + rows(t.rows_before) + " | " + rows(t.rows_after) +
              " | " + (t.lock.empty() ? "none" : plain(t.lock)) + " | " +
              (t.blocks.empty() ? "nobody" : plain(t.blocks)) + " | " +
              (t.lock_held_ms ? number(t.lock_held_ms, "ms") + " (" + plain(t.lock_taken) + ")"
                              : std::string(t.lock.empty() ? "" : kUnknown)) +
              " | " + (t.rewritten ? "yes" : "no") + " |\n");
  }
}

void performance(Page& page, const RunReport& r) {
  page.heading("Performance");
  page.row("Execution time", std::to_string(r.duration_ms) + " ms");
  page.row("Locked at a stretch, at most", number(r.lock_duration_ms, "ms"));
  page.row("Waited for locks", number(r.lock_wait_ms, "ms"));
  page.row("Memory, at most", number(r.peak_memory_bytes, "bytes"));
  page.row("Database before", number(r.size_before, "bytes"));
  page.row("Database after", number(r.size_after, "bytes"));
  page.row("Difference", number(r.size_delta(), "bytes"));
  page.row("Health checks", r.health_checks
                                ? number(r.health_checks) + ", failed: " + number(r.health_failures)
                                : "none configured");
  std::vector<std::string> slow;
  for (const RunReport::SlowStatement& s : r.slow_statements) {
    slow.push_back(std::to_string(s.duration_ms) + " ms: " + s.place + ": " + s.statement);
  }
  page.list("Slow statements", slow);
  page.list("Keep an eye on", r.monitoring);
}

}  // namespace

std::string run_markdown(const RunReport& r) {
  Page page;
  page.text("# Migration report\n\n" + plain(r.headline) + ".\n\n");
  summary(page, r);
  migrations(page, r);
  schema(page, r);
  data(page, r);
  performance(page, r);
  page.heading("Rollback");
  page.row("Snapshot", r.snapshot ? plain(r.snapshot->path) : "none");
  page.row("Tested", r.rollback_tested ? "Yes: restored and compared in this run" : "Not tested");
  if (!r.warnings.empty() || !r.notes.empty()) page.heading("Warnings and notes");
  page.list("Warnings", r.warnings);
  page.list("Notes", r.notes);
  return page.take();
}

}  // namespace belay::cli

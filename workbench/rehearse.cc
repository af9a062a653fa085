#include "workbench/rehearse.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "support/counted.h"
#include "support/joined.h"

namespace belay::workbench {
namespace {

using runtime::MeasuredStatement;
using runtime::MigrationReport;

/// A folder that goes with the object.
class ThrowawayFolder {
 public:
  static Result<ThrowawayFolder> make(const std::string& beside) {
    std::string path = beside + "/.belay-rehearsal-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) {
      return Error{"there is no room for a copy: a folder cannot be made", beside, ""};
    }
    return ThrowawayFolder(path);
  }
  ~ThrowawayFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  ThrowawayFolder(ThrowawayFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ThrowawayFolder& operator=(ThrowawayFolder&&) = delete;

  const std::string& path() const { return path_; }

 private:
  explicit ThrowawayFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

/// Where a SQLite copy lies decides how fast its disk is: beside the original. What is on a server
/// needs a place for its journal alone.
std::string place_for_copy(const SessionTarget& target) {
  if (target.engine == runtime::Engine::kSqlite) {
    const auto url = runtime::parse_database_url(target.session.options().database_url,
                                                 target.session.options().environment);
    if (url) {
      const std::string& base = target.session.options().base_directory;
      return std::string(path::parent(path::absolute(path::join(base, url->database))));
    }
  }
  std::error_code none;
  const std::filesystem::path temporary = std::filesystem::temp_directory_path(none);
  return none ? "/tmp" : temporary.string();
}

/// A statement of several lines on one.
std::string on_a_line(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!is_blank) out += c;
    if (is_blank && !out.empty() && out.back() != ' ') out += ' ';
  }
  return out;
}

std::string statement_line(const MeasuredStatement& statement) {
  std::string out =
      "line " + std::to_string(statement.place.line) + ": " + duration_text(statement.duration_us);
  if (statement.rows > 0) out += ", " + counted(static_cast<uint64_t>(statement.rows), "row");
  if (!statement.locked.empty()) out += ", locks " + joined(statement.locked);
  return out + ": " + on_a_line(statement.statement);
}

/// What a migration came to, a line each.
std::string migration_text(const MigrationReport& m) {
  int64_t total_us = 0;
  for (const MeasuredStatement& statement : m.measured) total_us += statement.duration_us;
  std::string out = (m.error ? "failed after " : "") + duration_text(total_us) + " in " +
                    counted(m.measured.size(), "statement") +
                    (m.in_transaction ? ", in one transaction" : ", statement by statement");
  for (const MeasuredStatement& statement : m.measured) out += "\n" + statement_line(statement);
  if (m.error) out += "\n" + m.error->to_error().to_string();
  for (const runtime::HeldLock& lock : m.locks) {
    out += "\nkeeps others from " + (lock.table.empty() ? "the database" : lock.table) + " for " +
           duration_text(lock.duration_ms * 1000) + " (" + lock.mode + ")";
  }
  for (const runtime::RowChange& change : m.row_changes) {
    const auto rows = [](const std::optional<uint64_t>& count) {
      return count ? std::to_string(*count) : std::string("none");
    };
    out += "\nrows of " + change.table + ": " + rows(change.before) + " before, " +
           rows(change.after) + " after";
  }
  return out;
}

void tell(const SessionTarget& target, RehearsalReport& report) {
  const runtime::ApplyReport& applied = report.applied;
  const std::string count = counted(applied.migrations.size(), "migration");
  const std::string where = "on a copy of " + place_of(target);
  if (applied.cancelled) {
    report.headline = "The rehearsal was cancelled; " + count + " had run " + where;
  } else if (applied.failed) {
    report.headline = applied.migrations.back().display_name + " fails " + where;
  } else {
    report.headline = count + " ran " + where;
  }
  report.facts.push_back({"Copy", std::to_string((report.copied_bytes + 1023) / 1024) +
                                      " kB, made and verified in " +
                                      duration_text(report.copy_ms * 1000) + ", gone again"});
  for (const MigrationReport& m : applied.migrations) {
    report.facts.push_back({m.display_name, migration_text(m)});
    for (const runtime::MigrationWarning& warning : m.warnings) {
      report.warnings.push_back(m.display_name + ": " + warning.message);
    }
  }
  report.notes.emplace_back(
      "the database itself is as it was; nobody else worked on the copy, so that waiting for "
      "others' locks is not in these figures");
}

}  // namespace

std::string duration_text(int64_t microseconds) {
  const auto with_point = [](int64_t tenths) {
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
  };
  if (microseconds >= 1'000'000) return with_point(microseconds / 100'000) + " s";
  if (microseconds >= 10'000) return std::to_string(microseconds / 1000) + " ms";
  return with_point(microseconds / 100) + " ms";
}

Result<RehearsalReport> rehearse(const SessionTarget& target, const ApplyRequest& request) {
  BELAY_TRY(check_migrations(target));
  Result<ThrowawayFolder> folder = ThrowawayFolder::make(place_for_copy(target));
  if (!folder) return std::move(folder).error();
  RehearsalReport report;
  const auto begun = std::chrono::steady_clock::now();
  const Result<std::unique_ptr<runtime::DatabaseCopy>> copy = target.session.copy(folder->path());
  if (!copy) return copy.error();
  report.copied_bytes = (*copy)->bytes();
  report.copy_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::steady_clock::now() - begun)
                       .count();
  runtime::ApplyOptions options;
  options.allow_unguarded = true;
  options.measure = true;
  options.limit = request.limit;
  options.to = request.to;
  Result<runtime::ApplyReport> applied =
      runtime::Session((*copy)->options()).apply(target.migrations, options);
  if (!applied) return std::move(applied).error();
  report.applied = *std::move(applied);
  tell(target, report);
  note_problems(target, report);
  return report;
}

}  // namespace belay::workbench

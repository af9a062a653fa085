// OpenMetrics: every family once, its samples together, `# EOF` at the end. All are gauges of the
// last run, because a program that ends has no counters to go on with. What is not known has no
// sample.
#include <array>
#include <charconv>
#include <ctime>
#include <string_view>

#include "cli/report/run.h"

namespace belay::cli {
namespace {

using workbench::RunReport;

std::string label_value(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? "\\n" : std::string(1, c);
  }
  return "\"" + out + "\"";
}

std::string number(double value) {
  std::array<char, 32> out{};
  const auto [end, error] = std::to_chars(out.data(), out.data() + out.size(), value);
  return {out.data(), end};
}

/// `2026-01-31T12:00:00.123Z` in seconds since 1970.
std::optional<double> epoch_seconds(const std::string& utc) {
  std::tm parts{};
  const char* rest = ::strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr) return std::nullopt;
  double fraction = 0;
  (void)std::from_chars(rest, utc.c_str() + utc.size(), fraction);
  return static_cast<double>(::timegm(&parts)) + fraction;
}

constexpr double kMillisecondsInSecond = 1000;

class Exposition {
 public:
  explicit Exposition(const RunReport& r)
      : common_("database=" + label_value(r.database) + ",command=" + label_value(r.command)) {
    if (!r.environment.empty()) common_ += ",environment=" + label_value(r.environment);
  }

  void family(std::string_view name, std::string_view help, std::string_view unit = {}) {
    name_ = "belay_" + std::string(name);
    if (!unit.empty()) name_ += "_" + std::string(unit);
    header_ = "# TYPE " + name_ + " gauge\n";
    if (!unit.empty()) header_ += "# UNIT " + name_ + " " + std::string(unit) + "\n";
    header_ += "# HELP " + name_ + " " + std::string(help) + "\n";
  }

  void sample(std::optional<double> value, const std::string& labels = {}) {
    if (!value) return;
    out_ += header_ + name_ + "{" + common_ + (labels.empty() ? "" : ",") + labels + "} " +
            number(*value) + "\n";
    header_.clear();
  }

  std::string take() { return std::move(out_) + "# EOF\n"; }

 private:
  std::string common_;
  std::string name_;
  std::string header_;
  std::string out_;
};

template <class T>
std::optional<double> real(const std::optional<T>& value) {
  return value ? std::optional<double>(static_cast<double>(*value)) : std::nullopt;
}

std::optional<double> seconds(const std::optional<int64_t>& milliseconds) {
  if (!milliseconds) return std::nullopt;
  return static_cast<double>(*milliseconds) / kMillisecondsInSecond;
}

void migrations(Exposition& out, const RunReport& r) {
  const auto count = [&](bool succeeded) {
    double n = 0;
    for (const RunReport::Migration& m : r.migrations) n += m.succeeded == succeeded ? 1 : 0;
    return n;
  };
  out.family("run_migrations", "Migrations of the last run by how they ended.");
  out.sample(count(true), "state=\"applied\"");
  out.sample(count(false), "state=\"failed\"");
  out.family("pending_migrations", "Migrations that are still to be applied.");
  out.sample(real(r.pending));
  out.family("migration_duration", "How long each migration of the last run took.", "seconds");
  for (const RunReport::Migration& m : r.migrations) {
    out.sample(static_cast<double>(m.duration_ms) / kMillisecondsInSecond,
               "migration=" + label_value(m.id) + ",success=\"" + (m.succeeded ? "1" : "0") + "\"");
  }
}

}  // namespace

std::string run_metrics(const RunReport& r) {
  Exposition out(r);
  out.family("run_timestamp", "When the last run ended, since 1970.", "seconds");
  out.sample(epoch_seconds(r.ended_at));
  out.family("run_success", "Whether the last run succeeded.");
  out.sample(r.status == RunReport::Status::kSucceeded ? 1 : 0);
  out.family("run_duration", "How long the last run took.", "seconds");
  out.sample(static_cast<double>(r.duration_ms) / kMillisecondsInSecond);
  migrations(out, r);
  out.family("run_error", "Migrations that failed, of those that ran.", "ratio");
  out.sample(r.error_rate());
  out.family("run_warnings", "Warnings of the last run.");
  out.sample(static_cast<double>(r.warnings.size()));
  out.family("run_rows_added", "Rows that the tables had more, in all.");
  out.sample(real(r.rows_added));
  out.family("run_rows_removed", "Rows that the tables had fewer, in all.");
  out.sample(real(r.rows_removed));
  out.family("run_lock_duration", "The longest time at a stretch that writers were locked out.",
             "seconds");
  out.sample(seconds(r.lock_duration_ms));
  out.family("run_lock_wait", "How long the migrations waited for locks.", "seconds");
  out.sample(seconds(r.lock_wait_ms));
  out.family("run_slow_statements", "Statements that ran for a second or longer.");
  if (!r.migrations.empty()) out.sample(static_cast<double>(r.slow_statements.size()));
  out.family("health_checks", "Health checks of the last run.");
  out.sample(real(r.health_checks));
  out.family("health_check_failures", "Health checks of the last run that failed.");
  out.sample(real(r.health_failures));
  out.family("database_size", "The database before and after the last run.", "bytes");
  out.sample(real(r.size_before), "when=\"before\"");
  out.sample(real(r.size_after), "when=\"after\"");
  out.family("snapshot_size", "The session's snapshot.", "bytes");
  out.sample(r.snapshot ? real(r.snapshot->bytes) : std::nullopt);
  out.family("peak_memory", "The most memory that the run had resident.", "bytes");
  out.sample(real(r.peak_memory_bytes));
  return out.take();
}

}  // namespace belay::cli

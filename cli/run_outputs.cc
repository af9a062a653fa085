#include "cli/run_outputs.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>

#include "cli/report/run.h"
#include "support/file_system.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;

/// Under another name first: who reads the file sees the old content or the new. That name must not
/// end like the file's, or a collector takes it for one of its own.
Result<void> replace_file(const std::string& path, const std::string& text) {
  const std::string part = path + "." + std::to_string(::getpid()) + ".part";
  {
    std::ofstream out(part, std::ios::binary);
    out << text;
    if (!out.flush()) {
      const std::string why = std::strerror(errno);
      ::unlink(part.c_str());
      return Error{"it cannot be written: " + why, path, "check the directory and its space"};
    }
  }
  if (std::rename(part.c_str(), path.c_str()) == 0) return {};
  const std::string why = std::strerror(errno);
  ::unlink(part.c_str());
  return Error{"it cannot be put in its place: " + why, path, ""};
}

}  // namespace

std::vector<OptionSpec> with_run_outputs(std::vector<OptionSpec> options) {
  options.push_back({"--report",
                     "Write a report on the run to FILE.md or FILE.json; may be given again",
                     Kind::kRepeated});
  options.push_back(
      {"--metrics", "Write the run's figures to FILE.prom, for a metrics collector", Kind::kValue});
  return options;
}

Result<RunOutputs> RunOutputs::from(const Arguments& arguments) {
  RunOutputs out;
  out.reports_ = arguments.values("--report");
  out.metrics_ = arguments.value("--metrics");
  for (const std::string& path : out.reports_) {
    if (path.ends_with(".md") || path.ends_with(".json")) continue;
    return Error{"`" + path + "` does not say in which format to write it", "--report",
                 "end its name in .md or .json"};
  }
  if (!out.metrics_.empty() && !out.metrics_.ends_with(".prom")) {
    return Error{"`" + out.metrics_ + "` is no name that a metrics collector reads", "--metrics",
                 "end it in .prom"};
  }
  return out;
}

void RunOutputs::start(const workbench::SessionTarget& target, std::string command) {
  if (reports_.empty() && metrics_.empty()) return;
  start_ = workbench::start_run(target, std::move(command));
}

void RunOutputs::write(const workbench::RunReport& report) const {
  const auto put = [](const std::string& path, const std::string& text) {
    const Result<void> done = replace_file(path, text);
    if (!done) fail(done.error(), kFindings);
  };
  for (const std::string& path : reports_) {
    put(path, path.ends_with(".md") ? run_markdown(report) : run_json(report));
  }
  if (!metrics_.empty()) put(metrics_, run_metrics(report));
}

}  // namespace belay::cli

#pragma once

#include <string>

#include "workbench/run_report.h"

/// The report on a run in its formats; `docs/run-report.md` describes them.
namespace belay::cli {

/// One JSON object on one line, every key always there, null for what is not known.
std::string run_json(const workbench::RunReport& report);
std::string run_markdown(const workbench::RunReport& report);
/// OpenMetrics text, fit for the textfile collector of Prometheus' node exporter.
std::string run_metrics(const workbench::RunReport& report);

}  // namespace belay::cli

#include "lsp/check/replay_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "support/counted.h"

namespace belay::lsp {
namespace {

std::string_view severity_word(int severity) {
  constexpr std::array<std::string_view, 5> kWords = {"", "error", "warning", "information",
                                                      "hint"};
  const bool known = severity >= 0 && static_cast<size_t>(severity) < kWords.size();
  return known ? kWords.at(static_cast<size_t>(severity)) : "";
}

template <class... Values>
std::string formatted(const char* form, Values... values) {
  std::array<char, 256> line{};
  std::snprintf(line.data(), line.size(), form, values...);
  return line.data();
}

std::string latency_table(const ReplayResult& result) {
  std::string out =
      formatted("\n%-36s %8s %10s %10s %10s\n", "method", "count", "median ms", "p99 ms", "max ms");
  for (const auto& [method, measured] : result.latencies) {
    std::vector<double> sorted = measured;
    std::sort(sorted.begin(), sorted.end());
    constexpr double kMedian = 0.5;
    constexpr double kP99 = 0.99;
    out += formatted("%-36s %8zu %10.3f %10.3f %10.3f\n", method.c_str(), sorted.size(),
                     quantile(sorted, kMedian), quantile(sorted, kP99), sorted.back());
  }
  return out;
}

std::string memory_table(const MemoryUsage& memory) {
  std::string out = formatted("\n%-36s %8s %10s\n", "memory", "count", "KiB");
  constexpr uint64_t kKibi = 1024;
  for (const MemoryUsage::Part& part : memory.parts) {
    out += formatted("%-36s %8llu %10llu\n", part.name.c_str(),
                     static_cast<unsigned long long>(part.count),
                     static_cast<unsigned long long>(part.bytes / kKibi));
  }
  for (const auto& [name, bytes] :
       {std::pair("total", memory.total()), std::pair("resident", memory.resident)}) {
    out +=
        formatted("%-36s %8s %10llu\n", name, "", static_cast<unsigned long long>(bytes / kKibi));
  }
  return out;
}

}  // namespace

double quantile(const std::vector<double>& values, double part) {
  if (values.empty()) return 0;
  const double wanted = std::ceil(part * static_cast<double>(values.size()));
  const auto index = static_cast<size_t>(std::max(wanted, 1.0)) - 1;
  return values[std::min(index, values.size() - 1)];
}

std::string replay_report(const ReplayResult& result) {
  std::string out;
  for (const ReplayResult::Told& d : result.diagnostics) {
    out += d.path + ":" + std::to_string(d.line) + ":" + std::to_string(d.column) + ": " +
           std::string(severity_word(d.severity)) + ": " +
           d.message.substr(0, d.message.find('\n')) + (d.code.empty() ? "" : " [" + d.code + "]") +
           "\n";
  }
  for (const std::string& failure : result.failures) out += "failed: " + failure + "\n";
  size_t asked = 0;
  for (const auto& [method, measured] : result.latencies) asked += measured.size();
  out += counted(asked, "message") + ", " + counted(result.failures.size(), "failure") + ", " +
         counted(result.diagnostics.size(), "diagnostic") + "\n";
  return out + latency_table(result) + memory_table(result.memory);
}

}  // namespace belay::lsp

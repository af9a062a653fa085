#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "analyzer/rules/rule.h"
#include "cli/command.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;

constexpr Engine kEngines[] = {Engine::kPostgres, Engine::kSqlite, Engine::kMysql,
                               Engine::kMariadb};

void print_json() {
  for (const rules::Rule& rule : rules::all_rules()) {
    const rules::Descriptor& d = *rule.descriptor;
    nlohmann::ordered_json out = {{"id", d.id},
                                  {"title", d.title},
                                  {"category", rules::category_name(d.category)},
                                  {"severity", severity_name(d.severity)}};
    for (Engine e : kEngines) {
      if (d.engines.contains(e)) out["dialects"].push_back(engine_name(e));
    }
    std::cout << out.dump() << '\n';
  }
}

void print_table() {
  size_t width = 0;
  for (const rules::Rule& rule : rules::all_rules()) width = std::max(width, rule.id().size());
  for (const rules::Rule& rule : rules::all_rules()) {
    const rules::Descriptor& d = *rule.descriptor;
    const std::string severity(severity_name(d.severity));
    std::cout << d.id << std::string(width + 2 - d.id.size(), ' ') << severity
              << std::string(9 - severity.size(), ' ') << d.title << '\n';
  }
  std::cout << "\nbelay explain RULE says more of one. Severities are set in belay.toml under "
               "[rules].\n";
}

int run(const Arguments& arguments) {
  if (arguments.value("--format") == "json") {
    print_json();
  } else {
    print_table();
  }
  return kClean;
}

}  // namespace

Command rules_command() {
  return {"rules",
          "List all rules",
          {{"--format", "How to print them", Kind::kValue, "human", {"human", "json"}}},
          run};
}

}  // namespace belay::cli

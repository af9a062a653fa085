#include "runtime/session/foreign_history/foreign_history.h"

#include <algorithm>
#include <array>

namespace belay::runtime {
namespace {

struct Tool {
  std::string_view name;
  std::string_view table;
  std::unique_ptr<ForeignHistory> (*make)(const std::string& table);
};

constexpr std::array<Tool, 9> kTools = {{
    {"golang-migrate", "schema_migrations", golang_migrate_history},
    {"dbmate", "schema_migrations", dbmate_history},
    {"goose", "goose_db_version", goose_history},
    {"diesel", "__diesel_schema_migrations", diesel_history},
    {"sqlx", "_sqlx_migrations", sqlx_history},
    {"flyway", "flyway_schema_history", flyway_history},
    {"prisma", "_prisma_migrations", prisma_history},
    {"node-pg-migrate", "pgmigrations", node_pg_migrate_history},
    {"sqitch", "changes", sqitch_history},
}};

}  // namespace

std::unique_ptr<ForeignHistory> foreign_history(std::string_view tool, const std::string& table) {
  const auto* found = std::find_if(kTools.begin(), kTools.end(),
                                   [tool](const Tool& known) { return known.name == tool; });
  if (found == kTools.end()) return nullptr;
  return found->make(table.empty() ? std::string(found->table) : table);
}

std::vector<std::string_view> foreign_tools() {
  std::vector<std::string_view> out;
  for (const Tool& tool : kTools) out.push_back(tool.name);
  return out;
}

}  // namespace belay::runtime

#include "tests/workbench/verify/round_trips.h"

#include <gtest/gtest.h>

#include <map>

#include "workbench/verify/postgres_binaries.h"

namespace belay::workbench {
namespace {

RunnableScript script(const std::string& sql, const std::string& path) {
  return {{sql, path, 0, 1}, project::TransactionHabit::kPerScript};
}

}  // namespace

Result<std::string> postgres_programs(const std::string& server) {
  return find_postgres(server == "installed" ? "" : BELAY_POSTGRESQL_18, 0);
}

ScratchEngine* shared_postgres(const std::string& server) {
  static std::map<std::string, std::unique_ptr<ScratchEngine>> engines;
  const auto [found, is_new] = engines.try_emplace(server);
  if (is_new) {
    PostgresOptions options;
    options.bin_directory = *postgres_programs(server);
    Result<std::unique_ptr<ScratchEngine>> made = postgres_engine(options);
    if (made) {
      found->second = *std::move(made);
    } else {
      ADD_FAILURE() << made.error().to_string();
    }
  }
  return found->second.get();
}

RoundTrip round_trip(ScratchEngine& engine, const std::string& before, const std::string& up,
                     const std::string& down, uint32_t rows) {
  Result<std::unique_ptr<ScratchDatabase>> database = engine.create();
  if (!database) {
    ADD_FAILURE() << database.error().to_string();
    return {};
  }
  {
    Result<std::unique_ptr<runtime::Connection>> connection = (*database)->connect();
    const RunOutcome made = run_script(**connection, script(before, "before.sql"));
    EXPECT_TRUE(made.ok()) << made.error->to_error().to_string();
  }
  const RoundTripScripts scripts = {script(up, "up.sql"), script(down, "down.sql")};
  Result<RoundTrip> out = run_round_trip(engine, **database, scripts, rows);
  if (out) return *std::move(out);
  ADD_FAILURE() << out.error().to_string();
  return {};
}

std::vector<std::string> lines_of(const std::vector<Difference>& differences) {
  std::vector<std::string> out;
  for (const Difference& d : differences) {
    std::string line = std::string(how_name(d.how)) + " " + d.kind + " " + d.id;
    if (!d.new_id.empty()) line += " -> " + d.new_id;
    for (const Difference::Attribute& a : d.attributes) {
      line += "; " + a.name + ": " + a.before + " -> " + a.after;
    }
    out.push_back(std::move(line));
  }
  return out;
}

std::vector<std::string> lines_of(const std::vector<DataLoss>& losses) {
  std::vector<std::string> out;
  for (const DataLoss& loss : losses) {
    out.push_back(loss.table + (loss.column.empty() ? "" : "." + loss.column) + ": " +
                  std::to_string(loss.rows));
  }
  return out;
}

Catalog catalog_after(ScratchEngine& engine, const std::string& sql) {
  Result<std::unique_ptr<ScratchDatabase>> database = engine.create();
  Result<std::unique_ptr<runtime::Connection>> connection = (*database)->connect();
  const RunOutcome made = run_script(**connection, script(sql, "schema.sql"));
  EXPECT_TRUE(made.ok()) << made.error->to_error().to_string();
  Result<Catalog> out = engine.read_catalog(**connection);
  if (out) return *std::move(out);
  ADD_FAILURE() << out.error().to_string();
  return {};
}

}  // namespace belay::workbench

// Prisma adds a row for each attempt: begun at `started_at`, done at `finished_at`, given up at
// `rolled_back_at`. A row with neither end is a failure that stops Prisma, too (P3009). It knows no
// way down: what Belay takes back is given up, and while it does so there is a second row without
// an end. On SQLite its times are milliseconds since 1970, or texts where it has come through a
// driver adapter.
#include <array>
#include <random>
#include <set>

#include "runtime/io/sha256.h"
#include "runtime/session/foreign_history/foreign_history.h"
#include "runtime/session/foreign_history/parts.h"

namespace belay::runtime {
namespace {

/// A random UUID, version 4.
std::string random_uuid() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::random_device random;
  std::string out = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
  for (char& c : out) {
    if (c == 'x') c = kDigits[random() % 16U];
    if (c == 'y') c = kDigits[8U + random() % 4U];
  }
  return out;
}

class PrismaHistory : public ForeignHistory {
 public:
  using ForeignHistory::ForeignHistory;

  std::string_view tool() const override { return "prisma"; }

  Result<bool> is_there(Connection& database) const override {
    return foreign::has_column(database, table(), "migration_name");
  }

  Result<ForeignRecords> read(Connection& database) const override {
    Result<Rows> rows = foreign::read_table(
        database, tool(), table(),
        "SELECT migration_name, CAST(finished_at AS TEXT), CAST(rolled_back_at AS TEXT) FROM " +
            foreign::quoted_name(database, table()) + " ORDER BY started_at, migration_name");
    if (!rows) return std::move(rows).error();
    ForeignRecords out;
    std::set<std::string> done;
    for (size_t i = 0; i < rows->rows.size(); ++i) {
      const std::string name = foreign::text_of(*rows, i, 0);
      if (!foreign::text_of(*rows, i, 2).empty()) continue;
      const std::string finished = foreign::text_of(*rows, i, 1);
      if (finished.empty()) {
        out.unfinished = failed(name);
        out.begun.emplace_back().version = name;
      } else if (done.insert(name).second) {
        ForeignEntry& entry = out.applied.emplace_back();
        entry.version = name;
        entry.applied_at = foreign::utc_time(finished);
      }
    }
    return out;
  }

  bool is_about(const ForeignEntry& entry, const MigrationScript& migration) const override {
    return entry.version == migration.display_name();
  }

  Result<void> create(Connection& database) const override {
    const std::string time =
        database.engine() == Engine::kSqlite ? "DATETIME" : "TIMESTAMP WITH TIME ZONE";
    return database.execute(
        "CREATE TABLE IF NOT EXISTS " + foreign::quoted_name(database, table()) +
        " (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at " +
        time + ", migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at " + time +
        ", started_at " + time +
        " NOT NULL DEFAULT CURRENT_TIMESTAMP, applied_steps_count INTEGER NOT NULL DEFAULT 0)");
  }

  bool tells_of_begun() const override { return true; }
  Result<void> set(Connection& database, const ForeignChange& change) const override {
    const Value name = change.migration->display_name();
    const std::string about = foreign::quoted_name(database, table()) +
                              " WHERE migration_name = ? AND rolled_back_at IS NULL AND "
                              "finished_at IS ";
    Result<bool> begun = foreign::has_row(database, about + "NULL", {&name, 1});
    if (!begun) return std::move(begun).error();
    Result<bool> applied = foreign::has_row(database, about + "NOT NULL", {&name, 1});
    if (!applied) return std::move(applied).error();
    switch (change.state) {
      case ForeignState::kApplied:
        if (*begun && change.executed && !*applied) return finish(database, change);
        // As its `resolve --applied` does.
        if (*begun) BELAY_TRY(give_up(database, name, "AND finished_at IS NULL"));
        return *applied ? Result<void>() : add(database, change, /*done=*/true);
      case ForeignState::kPending: return give_up(database, name, "");
      case ForeignState::kApplying:
      case ForeignState::kTakingBack:
        if (*begun && change.error.empty()) {
          // Prisma, too, gives up an attempt that has failed before it begins another.
          BELAY_TRY(give_up(database, name, "AND finished_at IS NULL AND logs IS NOT NULL"));
          begun = foreign::has_row(database, about + "NULL", {&name, 1});
          if (!begun) return std::move(begun).error();
        }
        if (!*begun) BELAY_TRY(add(database, change, /*done=*/false));
        return change.error.empty() ? Result<void>() : log(database, name, change.error);
    }
    return {};
  }
  Result<void> accept_text(Connection& database, const MigrationScript& migration) const override {
    const std::array<Value, 2> values = {sha256_hex(migration.up.sql), migration.display_name()};
    return database.execute("UPDATE " + foreign::quoted_name(database, table()) +
                                " SET checksum = ? WHERE migration_name = ? AND rolled_back_at IS "
                                "NULL",
                            values);
  }

 private:
  Result<Value> time(Connection& database, int64_t epoch_ms) const {
    std::string utc = foreign::utc_time(std::to_string(epoch_ms));
    if (database.engine() != Engine::kSqlite) return Value(std::move(utc));
    Result<bool> texts = foreign::has_row(
        database, foreign::quoted_name(database, table()) + " WHERE typeof(started_at) = 'text'",
        {});
    if (!texts) return std::move(texts).error();
    if (!*texts) return Value(epoch_ms);
    return Value(utc.replace(utc.size() - 1, 1, "+00:00"));
  }
  static std::string time_parameter(const Connection& database) {
    return database.engine() == Engine::kSqlite ? "?" : "CAST(? AS TIMESTAMP WITH TIME ZONE)";
  }

  Result<void> add(Connection& database, const ForeignChange& change, bool done) const {
    const int64_t now = foreign::epoch_milliseconds();
    const std::string parameter = time_parameter(database);
    // What was only marked has run no step, and has a log without a word in it.
    const bool marked = done && !change.executed;
    Result<Value> started = time(database, now - (done ? change.duration_ms : 0));
    if (!started) return std::move(started).error();
    Result<Value> ended = time(database, now);
    if (!ended) return std::move(ended).error();
    const std::array<Value, 7> values = {random_uuid(),
                                         sha256_hex(change.migration->up.sql),
                                         done ? *std::move(ended) : Value(nullptr),
                                         change.migration->display_name(),
                                         marked ? Value(std::string()) : Value(nullptr),
                                         *std::move(started),
                                         int64_t{done && change.executed ? 1 : 0}};
    return database.execute(
        "INSERT INTO " + foreign::quoted_name(database, table()) +
            " (id, checksum, finished_at, migration_name, logs, started_at, applied_steps_count) "
            "VALUES (?, ?, " +
            parameter + ", ?, ?, " + parameter + ", ?)",
        values);
  }

  Result<void> finish(Connection& database, const ForeignChange& change) const {
    Result<Value> now = time(database, foreign::epoch_milliseconds());
    if (!now) return std::move(now).error();
    const std::array<Value, 3> values = {*std::move(now), sha256_hex(change.migration->up.sql),
                                         change.migration->display_name()};
    return database.execute("UPDATE " + foreign::quoted_name(database, table()) +
                                " SET finished_at = " + time_parameter(database) +
                                ", checksum = ?, applied_steps_count = applied_steps_count + 1 "
                                "WHERE migration_name = ? AND rolled_back_at IS NULL",
                            values);
  }

  Result<void> give_up(Connection& database, const Value& name, const std::string& which) const {
    Result<Value> now = time(database, foreign::epoch_milliseconds());
    if (!now) return std::move(now).error();
    const std::array<Value, 2> values = {*std::move(now), name};
    return database.execute("UPDATE " + foreign::quoted_name(database, table()) +
                                " SET rolled_back_at = " + time_parameter(database) +
                                " WHERE migration_name = ? AND rolled_back_at IS NULL " + which,
                            values);
  }

  Result<void> log(Connection& database, const Value& name, const std::string& error) const {
    const std::array<Value, 2> values = {error, name};
    return database.execute("UPDATE " + foreign::quoted_name(database, table()) +
                                " SET logs = ? WHERE migration_name = ? AND finished_at IS NULL "
                                "AND rolled_back_at IS NULL",
                            values);
  }

  Error failed(const std::string& name) const {
    return {"Prisma has begun " + name + " and not ended it", table(),
            "see what of it is in the database and finish or undo it by hand, then `prisma migrate "
            "resolve --applied " +
                name + "` or `--rolled-back " + name + "`"};
  }
};

}  // namespace

std::unique_ptr<ForeignHistory> prisma_history(const std::string& table) {
  return std::make_unique<PrismaHistory>(table);
}

}  // namespace belay::runtime

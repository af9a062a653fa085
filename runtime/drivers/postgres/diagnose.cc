// Every look is on its own: what one of them is not allowed to see keeps no other from seeing.
#include <string>
#include <utility>

#include "runtime/drivers/postgres/driver.h"
#include "runtime/drivers/postgres/server.h"
#include "runtime/drivers/postgres/session_lock.h"
#include "runtime/snapshot/postgres_dump.h"
#include "runtime/snapshot/postgres_template.h"
#include "support/counted.h"

namespace belay::runtime::postgres {
namespace {

using Level = Finding::Level;

class Diagnosis {
 public:
  Diagnosis(const PostgresDriver& driver, std::vector<Finding>& findings)
      : driver_(driver), findings_(findings) {}

  void run() {
    auto opened = PostgresConnection::open(driver_.settings().url, driver_.settings().connection);
    if (!opened) {
      add(Level::kProblem, "connection", opened.error().message, opened.error().hint);
      return;
    }
    connection_ = *std::move(opened);
    add(Level::kGood, "connection",
        "the server answers: PostgreSQL " + connection_->engine_version());
    look_at_pooler();
    look_at_role();
    look_at_settings();
    look_at_others();
    look_at_prepared();
    look_at_indexes();
    connection_.reset();  // else we were in our own way
    look_at_snapshots();
  }

 private:
  void add(Level level, std::string topic, std::string text, std::string hint = "") {
    findings_.push_back({level, std::move(topic), std::move(text), std::move(hint)});
  }

  /// No rows where we may not look.
  Rows ask(const std::string& sql) {
    Result<Rows> rows = connection_->query(sql);
    return rows ? *std::move(rows) : Rows{};
  }

  void look_at_pooler() {
    const Result<Pooler> pooler = find_pooler(*connection_, driver_.settings());
    if (!pooler || *pooler == Pooler::kNone) return;
    if (*pooler == Pooler::kPerSession) {
      add(Level::kNote, "pooler", "a pooler stands before the server, in session mode");
    } else {
      add(Level::kProblem, "pooler",
          "a pooler stands before the server that gives each transaction another connection",
          "name the server's own address, or a pool in session mode");
    }
  }

  void look_at_role() {
    const Rows rows =
        ask("SELECT current_user, pg_has_role(datdba, 'MEMBER'), "
            "has_database_privilege(oid, 'CREATE'), pg_is_in_recovery() "
            "FROM pg_database WHERE datname = current_database()");
    if (rows.rows.empty()) return;
    const std::string role = "the role " + rows.text(0, 0);
    if (rows.number(0, 3) != 0) {
      add(Level::kProblem, "rights", "the server is a standby, which cannot be written to",
          "name the primary server");
    }
    if (rows.number(0, 1) == 0) {
      add(Level::kWarning, "rights", role + " does not own the database",
          "what it does not own it cannot alter; connect as the owner");
    } else {
      add(Level::kGood, "rights", role + " owns the database");
    }
    const Rows foreign =
        ask("SELECT count(*), min(c.oid::regclass::text) FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') "
            "AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' "
            "AND NOT pg_has_role(c.relowner, 'MEMBER')");
    if (foreign.number() > 0) {
      add(Level::kWarning, "rights",
          counted(static_cast<uint64_t>(foreign.number()), "table") + " belong to other roles, " +
              foreign.text(0, 1) + " among them",
          "migrations that alter them will fail");
    }
  }

  /// As the server gives them to our role in this database.
  void look_at_settings() {
    const Rows rows =
        ask("SELECT name, setting::bigint FROM pg_settings WHERE name IN ('statement_timeout', "
            "'idle_in_transaction_session_timeout', 'max_prepared_transactions')");
    for (size_t i = 0; i < rows.rows.size(); ++i) {
      if (rows.text(i, 0) != "statement_timeout" || rows.number(i, 1) == 0) continue;
      add(Level::kWarning, "time-outs",
          "statement_timeout is " + std::to_string(rows.number(i, 1)) +
              " ms: a statement of a migration that takes longer is cancelled",
          "ALTER ROLE ... SET statement_timeout = 0 for the role that migrates, or set it in the "
          "migration");
    }
    const Rows synchronous = ask("SHOW fsync");
    if (synchronous.text() == "off") {
      add(Level::kWarning, "safety",
          "fsync is off: a crash of the machine may destroy the database, its snapshots included",
          "turn it on");
    }
  }

  void look_at_others() {
    const Rows old =
        ask("SELECT pid, coalesce(nullif(application_name, ''), 'a program'), "
            "extract(epoch FROM now() - xact_start)::bigint FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND now() - xact_start > interval '1 minute' ORDER BY xact_start LIMIT 3");
    for (size_t i = 0; i < old.rows.size(); ++i) {
      add(Level::kWarning, "others",
          old.text(i, 1) + " (process " + std::to_string(old.number(i, 0)) +
              ") is in a transaction for " + std::to_string(old.number(i, 2)) +
              " s: a migration that needs its locks will wait",
          "let it end, or end it: SELECT pg_terminate_backend(" + std::to_string(old.number(i, 0)) +
              ")");
    }
  }

  void look_at_prepared() {
    const Rows rows =
        ask("SELECT count(*), min(gid) FROM pg_prepared_xacts WHERE database = current_database()");
    if (rows.number() == 0) return;
    add(Level::kWarning, "others",
        counted(static_cast<uint64_t>(rows.number()), "prepared transaction") +
            " hold locks until somebody ends them, " + rows.text(0, 1) + " among them",
        "COMMIT PREPARED or ROLLBACK PREPARED");
  }

  void look_at_indexes() {
    const Rows rows =
        ask("SELECT count(*), min(indexrelid::regclass::text) FROM pg_index WHERE NOT indisvalid");
    if (rows.number() == 0) return;
    add(Level::kWarning, "indexes",
        counted(static_cast<uint64_t>(rows.number()), "index") + " not valid, " + rows.text(0, 1) +
            " among them: a CREATE INDEX CONCURRENTLY that failed leaves that",
        "DROP INDEX CONCURRENTLY, and make it again");
  }

  /// Which ways there are to come back.
  void look_at_snapshots() {
    PostgresTemplate whole(driver_);
    const Result<std::string> no_copy = whole.obstacle();
    const std::string why_no_copy = no_copy ? *no_copy : no_copy.error().message;
    PostgresDump dump(driver_);
    const Result<std::string> no_dump = dump.obstacle();
    const std::string why_no_dump = no_dump ? *no_dump : no_dump.error().message;
    if (why_no_copy.empty()) {
      add(Level::kGood, "snapshots", "the server can copy the whole database for a snapshot");
      return;
    }
    const std::string why = "the server cannot copy the whole database: " + why_no_copy;
    if (why_no_dump.empty()) {
      add(Level::kWarning, "snapshots", why + "; it would be dumped, which is slower",
          "give the role CREATEDB, and let it own the database");
    } else {
      add(Level::kProblem, "snapshots", why + "; and it cannot be dumped: " + why_no_dump,
          "give the role CREATEDB and the database, or install PostgreSQL's client programs");
    }
  }

  const PostgresDriver& driver_;
  std::vector<Finding>& findings_;
  std::unique_ptr<PostgresConnection> connection_;
};

}  // namespace

void PostgresDriver::diagnose(std::vector<Finding>& findings) const {
  Diagnosis(*this, findings).run();
}

}  // namespace belay::runtime::postgres

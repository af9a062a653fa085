#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "workbench/verify/engine.h"
#include "workbench/verify/postgres_binaries.h"
#include "workbench/verify/postgres_catalog.h"
#include "workbench/verify/postgres_server.h"
#include "workbench/verify/postgres_tables.h"

namespace belay::workbench {
namespace {

using runtime::Connection;
using runtime::DatabaseUrl;

/// The connection on which databases are made and dropped.
class Administration {
 public:
  /// On a server that is `ours` alone nobody minds a checkpoint.
  Administration(DatabaseUrl url, std::unique_ptr<Connection> connection, bool ours)
      : url_(std::move(url)), connection_(std::move(connection)) {
    // Since 15 the server by itself writes all that it copies to its log, which takes longer.
    constexpr int kFirstWithChoice = 15;
    if (ours && major_version() >= kFirstWithChoice) how_ = " STRATEGY FILE_COPY";
  }

  Connection& connection() { return *connection_; }
  DatabaseUrl url(const std::string& database) const {
    DatabaseUrl out = url_;
    out.database = database;
    return out;
  }

  /// Names that no other Belay uses at the same time.
  std::string next_name() {
    return "belay_verify_" + std::to_string(::getpid()) + "_" + std::to_string(++count_);
  }

  Result<void> create(const std::string& name, const std::string& original) {
    return connection_->execute("CREATE DATABASE " + name + " TEMPLATE " + original + how_);
  }
  /// Whoever is connected is thrown out.
  void drop(const std::string& name) {
    (void)connection_->execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
  }

  /// A connection that was closed may live on for a moment on the server's side, and a database
  /// with one cannot be copied. The server itself looks again only after 100 ms.
  Result<void> wait_until_unused(const std::string& name) {
    constexpr int kMostLooks = 2000;
    const runtime::Value parameters[] = {name};
    for (int i = 0; i < kMostLooks; ++i) {
      Result<runtime::Rows> users =
          connection_->query("SELECT count(*) FROM pg_stat_activity WHERE datname = ?", parameters);
      if (!users) return std::move(users).error();
      if (users->number() == 0) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return {};
  }

 private:
  int major_version() const {
    const std::string version = connection_->engine_version();
    int out = 0;
    std::from_chars(version.data(), version.data() + version.size(), out);
    return out;
  }

  DatabaseUrl url_;
  std::unique_ptr<Connection> connection_;
  std::string how_;
  uint64_t count_ = 0;
};

class PostgresDatabase : public ScratchDatabase {
 public:
  PostgresDatabase(Administration& administration, std::string name,
                   const runtime::CancellationToken& cancellation)
      : administration_(administration), name_(std::move(name)) {
    options_.cancellation = cancellation;
  }
  ~PostgresDatabase() override { administration_.drop(name_); }
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;

  Result<std::unique_ptr<Connection>> connect() const override {
    return runtime::connect(administration_.url(name_), options_);
  }
  const std::string& name() const { return name_; }

 private:
  Administration& administration_;
  std::string name_;
  runtime::ConnectionOptions options_;
};

class PostgresEngine : public ScratchEngine {
 public:
  PostgresEngine(std::unique_ptr<PostgresServer> server, Administration administration,
                 runtime::CancellationToken cancellation)
      : server_(std::move(server)),
        administration_(std::move(administration)),
        cancellation_(std::move(cancellation)) {}

  Engine engine() const override { return Engine::kPostgres; }
  std::string version() const override { return version_; }
  Result<void> read_version() {
    version_ = "PostgreSQL " + administration_.connection().engine_version();
    return {};
  }
  Result<std::unique_ptr<ScratchDatabase>> create() override { return make("template0"); }
  Result<std::unique_ptr<ScratchDatabase>> copy(const ScratchDatabase& original) override {
    const std::string& name = static_cast<const PostgresDatabase&>(original).name();
    BELAY_TRY(administration_.wait_until_unused(name));
    return make(name);
  }
  Result<Catalog> read_catalog(Connection& connection) const override {
    return read_postgres_catalog(connection);
  }
  Result<std::vector<TableShape>> read_tables(Connection& connection) const override {
    return read_postgres_tables(connection);
  }
  Result<void> prepare_filling(Connection& connection) const override {
    // Functions of triggers and checks may name things without their schemas.
    return connection.execute("RESET search_path");
  }
  Result<void> finish_filling(Connection& connection, uint32_t rows) const override {
    const runtime::Value parameters[] = {static_cast<int64_t>(rows)};
    return connection.execute(
        "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, "
        "least(greatest(coalesce(last_value, 0), ?), max_value)) FROM pg_sequences "
        "WHERE increment_by > 0 AND schemaname !~ '^pg_'",
        parameters);
  }
  Result<std::vector<std::string>> read_shared() override {
    Result<runtime::Rows> rows = administration_.connection().query(
        "SELECT quote_ident(rolname) FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1");
    if (!rows) return std::move(rows).error();
    std::vector<std::string> out;
    for (size_t i = 0; i < rows->rows.size(); ++i) out.push_back(rows->text(i));
    return out;
  }
  void drop_shared_besides(const std::vector<std::string>& known) override {
    if (server_ == nullptr) return;
    const Result<std::vector<std::string>> now = read_shared();
    if (!now) return;
    for (const std::string& role : *now) {
      if (std::find(known.begin(), known.end(), role) != known.end()) continue;
      (void)administration_.connection().execute("DROP ROLE " + role);
    }
  }

 private:
  Result<std::unique_ptr<ScratchDatabase>> make(const std::string& original) {
    const std::string name = administration_.next_name();
    BELAY_TRY(administration_.create(name, original));
    return std::unique_ptr<ScratchDatabase>(
        std::make_unique<PostgresDatabase>(administration_, name, cancellation_));
  }

  std::unique_ptr<PostgresServer> server_;  // first: it goes last
  Administration administration_;
  runtime::CancellationToken cancellation_;
  std::string version_;
};

}  // namespace

Result<std::unique_ptr<ScratchEngine>> postgres_engine(const PostgresOptions& options) {
  std::unique_ptr<PostgresServer> server;
  DatabaseUrl url;
  if (options.url) {
    url = *options.url;
  } else {
    Result<std::string> bin = find_postgres(options.bin_directory, options.major_version);
    if (!bin) return std::move(bin).error();
    Result<std::unique_ptr<PostgresServer>> started =
        PostgresServer::start(*bin, options.cancellation);
    if (!started) return std::move(started).error();
    server = *std::move(started);
    url = server->url("postgres");
  }
  // Without the token: what was made has to be dropped, cancelled or not.
  Result<std::unique_ptr<Connection>> connection = runtime::connect(url, {});
  if (!connection) return std::move(connection).error();
  const bool ours = server != nullptr;
  auto engine = std::make_unique<PostgresEngine>(
      std::move(server), Administration(url, *std::move(connection), ours), options.cancellation);
  BELAY_TRY(engine->read_version());
  return std::unique_ptr<ScratchEngine>(std::move(engine));
}

}  // namespace belay::workbench

// What SQLiteCpp, sqlite_orm, Drogon and userver declare, as far as the tests call it.
#pragma once
#include <optional>
#include <string>

namespace SQLite {
class Database {
 public:
  explicit Database(const char* path);
  int exec(const char* queries);
  int exec(const std::string& queries) { return exec(queries.c_str()); }
  int tryExec(const char* queries) noexcept;
};
class Statement {
 public:
  Statement(const Database&, const char* query);
  Statement(const Database& database, const std::string& query)
      : Statement(database, query.c_str()) {}
  Statement(Statement&&) noexcept;
  bool executeStep();
};
}  // namespace SQLite

struct sqlite3;
namespace sqlite_orm {
inline namespace v1 {
namespace internal {
void perform_void_exec(sqlite3*, const std::string& query);
}
}  // namespace v1
}  // namespace sqlite_orm

namespace drogon::orm {
struct Result {};
namespace internal {
struct SqlBinder {
  template <class T>
  SqlBinder& operator<<(T&&);
};
}  // namespace internal
class DbClient {
 public:
  virtual ~DbClient() = default;
  template <class... Arguments>
  Result execSqlSync(const std::string& sql, Arguments&&...);
  template <class Then, class Failed, class... Arguments>
  void execSqlAsync(const std::string& sql, Then&&, Failed&&, Arguments&&...) {}
  internal::SqlBinder operator<<(const std::string& sql);
};
class Transaction : public DbClient {};
}  // namespace drogon::orm

namespace userver::storages {
class Query {
 public:
  Query(const char* statement, std::optional<std::string> name = std::nullopt);
};
namespace postgres {
using storages::Query;
enum class ClusterHostType { kMaster };
struct CommandControl {};
class Cluster {
 public:
  template <class... Arguments>
  int Execute(ClusterHostType, const Query&, const Arguments&...);
  template <class... Arguments>
  int Execute(ClusterHostType, CommandControl, const Query&, const Arguments&...);
};
class Transaction {
 public:
  template <class... Arguments>
  int Execute(const Query&, const Arguments&...);
};
}  // namespace postgres
}  // namespace userver::storages

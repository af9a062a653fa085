// Each library's functions as its headers declare them. What is deprecated or has gone in later
// versions stays: sources that use it are still there.
#include "analyzer/cpp/presets.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "analyzer/project/cpp_names.h"

namespace belay::cpp {
namespace {

using Names = std::initializer_list<std::string_view>;

/// The functions of one library.
class Library {
 public:
  explicit Library(std::optional<Engine> engine = std::nullopt) : engine_(engine) {}

  Library& add(std::string_view scope, Names names, unsigned argument, SqlValues values,
               bool keeps = false) {
    for (const std::string_view name : names) {
      functions_.push_back(
          {std::string(scope) + std::string(name), argument, engine_, values, keeps});
    }
    return *this;
  }

  std::vector<SqlFunction> functions() const { return functions_; }

 private:
  std::optional<Engine> engine_;
  std::vector<SqlFunction> functions_;
};

std::vector<SqlFunction> sqlite3_functions() {
  return Library(Engine::kSqlite)
      .add("", {"sqlite3_exec", "sqlite3_get_table"}, 1, SqlValues::kNone)
      .add("", {"sqlite3_prepare", "sqlite3_prepare_v2", "sqlite3_prepare_v3"}, 1,
           SqlValues::kLater)
      .functions();
}

std::vector<SqlFunction> libpq_functions() {
  return Library(Engine::kPostgres)
      .add("", {"PQexec", "PQsendQuery"}, 1, SqlValues::kNone)
      .add("", {"PQexecParams", "PQsendQueryParams"}, 1, SqlValues::kArguments)
      .add("", {"PQprepare", "PQsendPrepare"}, 2, SqlValues::kLater)
      .functions();
}

/// `exec(query, description)` takes no values, `exec(query, params)` does.
std::vector<SqlFunction> libpqxx_functions() {
  return Library(Engine::kPostgres)
      .add("pqxx::transaction_base::",
           {"exec", "exec0", "exec1", "query", "query_value", "query1", "query01", "query_n",
            "stream", "for_stream", "for_each", "for_query"},
           0, SqlValues::kObject)
      .add("pqxx::transaction_base::", {"exec_n"}, 1, SqlValues::kNone)
      .add("pqxx::transaction_base::", {"exec_params", "exec_params0", "exec_params1"}, 0,
           SqlValues::kArguments)
      .add("pqxx::transaction_base::", {"exec_params_n"}, 1, SqlValues::kArguments)
      .add("pqxx::", {"connection::prepare", "connection_base::prepare"}, 1, SqlValues::kLater)
      .add("pqxx::", {"pipeline::insert"}, 0, SqlValues::kNone)
      .add("pqxx::", {"stream_from::query"}, 1, SqlValues::kNone)
      .functions();
}

std::vector<SqlFunction> soci_functions() {
  return Library()
      .add("soci::", {"session::operator<<", "details::once_type::operator<<"}, 0, SqlValues::kText)
      .add("soci::", {"details::prepare_type::operator<<"}, 0, SqlValues::kTextForLater)
      .functions();
}

std::vector<SqlFunction> qt_functions() {
  return Library()
      .add("", {"QSqlQuery::QSqlQuery", "QSqlQuery::exec", "QSqlDatabase::exec"}, 0,
           SqlValues::kNone)
      .add("", {"QSqlQueryModel::setQuery"}, 0, SqlValues::kNone)
      .add("", {"QSqlQuery::prepare"}, 0, SqlValues::kLater)
      .functions();
}

std::vector<SqlFunction> sqlitecpp_functions() {
  return Library(Engine::kSqlite)
      .add("SQLite::Database::", {"exec", "tryExec", "execAndGet"}, 0, SqlValues::kNone)
      .add("SQLite::", {"Statement::Statement"}, 1, SqlValues::kLater)
      .functions();
}

/// Its public functions build the SQL themselves; these are below them.
std::vector<SqlFunction> sqlite_orm_functions() {
  return Library(Engine::kSqlite)
      .add("sqlite_orm::internal::", {"perform_exec", "perform_void_exec"}, 1, SqlValues::kNone)
      .add("sqlite_orm::internal::", {"prepare_stmt"}, 1, SqlValues::kLater)
      .functions();
}

std::vector<SqlFunction> drogon_functions() {
  return Library()
      .add("drogon::orm::DbClient::",
           {"execSqlSync", "execSqlAsync", "execSqlAsyncFuture", "execSqlCoro"}, 0,
           SqlValues::kArguments)
      .add("drogon::orm::DbClient::", {"operator<<"}, 0, SqlValues::kInserted)
      .functions();
}

/// Its namespace can be left out when it is built, so that each name stands here with it and
/// without.
std::vector<SqlFunction> userver_functions() {
  std::vector<SqlFunction> out;
  for (const std::string outer : {"userver::", ""}) {
    const auto take = [&](Library library) {
      for (SqlFunction& function : library.functions()) out.push_back(std::move(function));
    };
    take(Library().add(outer + "storages::", {"Query::Query"}, 0, SqlValues::kLater,
                       /*keeps=*/true));
    take(Library(Engine::kPostgres)
             .add(outer + "storages::postgres::Cluster::", {"Execute"}, 1, SqlValues::kArguments)
             .add(outer + "storages::postgres::Transaction::",
                  {"Execute", "ExecuteBulk", "ExecuteDecomposeBulk", "MakePortal"}, 0,
                  SqlValues::kArguments)
             .add(outer + "storages::postgres::QueryQueue::", {"Push"}, 0, SqlValues::kArguments));
    take(Library(Engine::kSqlite)
             .add(outer + "storages::sqlite::Client::",
                  {"Execute", "ExecuteDecompose", "ExecuteMany", "GetCursor"}, 1,
                  SqlValues::kArguments)
             .add(outer + "storages::sqlite::Transaction::",
                  {"Execute", "ExecuteDecompose", "ExecuteMany", "GetCursor"}, 0,
                  SqlValues::kArguments)
             .add(outer + "storages::sqlite::Savepoint::",
                  {"Execute", "ExecuteDecompose", "ExecuteMany", "GetCursor"}, 0,
                  SqlValues::kArguments));
    take(Library(Engine::kMysql)
             .add(outer + "storages::mysql::", {"Query::Query"}, 0, SqlValues::kLater,
                  /*keeps=*/true)
             .add(outer + "storages::mysql::Cluster::",
                  {"Execute", "ExecuteDecompose", "ExecuteBulk", "ExecuteBulkMapped"}, 1,
                  SqlValues::kArguments)
             .add(outer + "storages::mysql::Cluster::", {"ExecuteCommand"}, 1, SqlValues::kNone)
             .add(outer + "storages::mysql::Cluster::", {"GetCursor"}, 2, SqlValues::kArguments)
             .add(outer + "storages::mysql::Transaction::",
                  {"Execute", "ExecuteDecompose", "ExecuteBulk", "ExecuteBulkMapped"}, 0,
                  SqlValues::kArguments));
  }
  return out;
}

bool is_chosen(const Selection& selection, std::string_view preset) {
  return selection.presets.empty() || std::find(selection.presets.begin(), selection.presets.end(),
                                                preset) != selection.presets.end();
}

std::string_view last_part(std::string_view name) {
  const size_t colon = name.rfind("::");
  return colon == std::string_view::npos ? name : name.substr(colon + 2);
}

}  // namespace

std::vector<SqlFunction> own_functions() {
  return Library()
      .add("belay::Database::", {"execute", "query", "run", "fetch"}, 0, SqlValues::kArguments)
      .functions();
}

std::vector<ClassShape> own_shapes() { return {{"belay::Migration", {"up"}, {"down"}}}; }

std::span<const Preset> presets() {
  static const std::vector<Preset> all = {
      {"belay", own_functions(), own_shapes()}, {"sqlite3", sqlite3_functions(), {}},
      {"libpq", libpq_functions(), {}},         {"libpqxx", libpqxx_functions(), {}},
      {"soci", soci_functions(), {}},           {"qt", qt_functions(), {}},
      {"sqlitecpp", sqlitecpp_functions(), {}}, {"sqlite_orm", sqlite_orm_functions(), {}},
      {"drogon", drogon_functions(), {}},       {"userver", userver_functions(), {}},
  };
  return all;
}

std::vector<SqlFunction> functions_of(const Selection& selection) {
  std::vector<SqlFunction> out;
  for (const Preset& preset : presets()) {
    if (!is_chosen(selection, preset.name)) continue;
    out.insert(out.end(), preset.functions.begin(), preset.functions.end());
  }
  for (const std::string& text : selection.functions) {
    const std::optional<project::CppFunctionName> function = project::cpp_function_from(text);
    if (function) out.push_back({function->name, function->argument, std::nullopt});
  }
  return out;
}

std::vector<ClassShape> shapes_of(const Selection& selection) {
  std::vector<ClassShape> out;
  for (const Preset& preset : presets()) {
    if (!is_chosen(selection, preset.name)) continue;
    out.insert(out.end(), preset.shapes.begin(), preset.shapes.end());
  }
  for (const std::string& base : selection.bases) {
    ClassShape shape{base};
    if (!selection.up.empty()) shape.up = selection.up;
    if (!selection.down.empty()) shape.down = selection.down;
    out.push_back(std::move(shape));
  }
  return out;
}

std::vector<std::string_view> words_of(std::span<const ClassShape> shapes) {
  std::vector<std::string_view> out = {"belay/", "BELAY_"};
  for (const ClassShape& shape : shapes) out.push_back(last_part(shape.base));
  return out;
}

std::vector<std::string_view> words_of(std::span<const SqlFunction> functions) {
  std::vector<std::string_view> out;
  for (const SqlFunction& function : functions) out.push_back(last_part(function.name));
  return out;
}

bool has_any(std::string_view text, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

}  // namespace belay::cpp

#include "analyzer/project/config_schema.h"

#include <string>

#include "analyzer/project/cpp_names.h"

namespace belay::project {
namespace {

std::vector<std::string_view> engine_names() {
  std::vector<std::string_view> out;
  for (const Engine engine :
       {Engine::kPostgres, Engine::kSqlite, Engine::kMysql, Engine::kMariadb}) {
    out.push_back(engine_name(engine));
  }
  return out;
}

std::vector<std::string_view> layout_names() {
  std::vector<std::string_view> out;
  for (const Layout layout : all_layouts()) out.push_back(layout_name(layout));
  return out;
}

std::vector<std::string_view> habit_names() {
  std::vector<std::string_view> out;
  for (const TransactionHabit habit :
       {TransactionHabit::kPerScript, TransactionHabit::kSimpleQuery, TransactionHabit::kNone}) {
    out.push_back(transaction_habit_name(habit));
  }
  return out;
}

bool store_engine(Config& config, std::string_view value) {
  return (config.engine = engine_from_name(value)).has_value();
}

bool store_layout(Config& config, std::string_view value) {
  return (config.layout = layout_from_name(value)).has_value();
}

bool store_habit(Config& config, std::string_view value) {
  return (config.transaction = transaction_habit_from_name(value)).has_value();
}

bool store_kind(Environment& environment, std::string_view value) {
  return (environment.kind = environment_kind_from_name(value)).has_value();
}

bool store_confirm(Environment& environment, std::string_view value) {
  return (environment.confirm = confirm_when_from_name(value)).has_value();
}

bool store_on_failure(Config& config, std::string_view value) {
  const std::optional<OnFailure> what = on_failure_from_name(value);
  if (what) config.session.on_failure = *what;
  return what.has_value();
}

std::string mistake_in_name(std::string_view text) {
  if (is_cpp_name(text) && text.find('<') == std::string_view::npos) return {};
  return "this is no name of C++; write it with its namespaces, as in `\"shop::Migration\"`";
}

std::string mistake_in_function(std::string_view text) {
  if (cpp_function_from(text)) return {};
  return "this is no function of C++; write its name with its namespaces, and which argument is "
         "the SQL where it is not the first, as in `\"shop::run\"` and `\"shop::run:1\"`";
}

std::vector<ConfigKey> make_keys() {
  return {
      {.table = "",
       .name = "dialect",
       .type = ConfigType::kChoice,
       .allowed = engine_names(),
       .default_text = "found from the files",
       .doc = "The engine that the migrations run on. Usual short forms (`postgres`, `pg`, "
              "`sqlite3`) are understood.",
       .store_choice = store_engine},
      {.table = "",
       .name = "version",
       .type = ConfigType::kVersion,
       .allowed = {},
       .default_text = "the oldest that its makers still support",
       .doc = "The engine's version in production, as a string: `\"15\"`, `\"3.40\"`. A whole "
              "number is taken too; a number with a point is not, because 3.40 and 3.4 are one "
              "number."},
      {.table = "",
       .name = "migrations",
       .type = ConfigType::kStringList,
       .allowed = {},
       .default_text = "every folder that looks like one",
       .doc = "The folder or folders of the migrations, relative to this file.",
       .list = &Config::migrations},
      {.table = "",
       .name = "exclude",
       .type = ConfigType::kStringList,
       .allowed = {},
       .default_text = "nothing",
       .doc = "Glob patterns on paths below this file's folder that are passed over: `*`, `?`, "
              "`**`, `[a-z]`.",
       .list = &Config::exclude},
      {.table = "",
       .name = "layout",
       .type = ConfigType::kChoice,
       .allowed = layout_names(),
       .default_text = "found from the files",
       .doc = "How the migrations are laid out; see [layouts](layouts.md).",
       .store_choice = store_layout},
      {.table = "",
       .name = "transaction",
       .type = ConfigType::kChoice,
       .allowed = habit_names(),
       .default_text = "what the layout's tool does",
       .doc = "What the runner does with a script that asks for nothing: a transaction around it, "
              "the whole in one message, or each statement by itself.",
       .store_choice = store_habit},
      {.table = "",
       .name = "lock_timeout_set_by_runner",
       .type = ConfigType::kBool,
       .allowed = {},
       .default_text = "`false`",
       .doc = "The runner sets `lock_timeout` (or its like) before every script, so the scripts "
              "need not.",
       .flag = &Config::lock_timeout_set_by_runner},
      {.table = "",
       .name = "default_environment",
       .type = ConfigType::kString,
       .allowed = {},
       .default_text = "the variable `APP_ENV`, where it names one of the environments",
       .doc = "The environment that counts where the command line names none.",
       .string = &Config::default_environment},
      {.table = "",
       .name = "database",
       .type = ConfigType::kTable,
       .allowed = {},
       .default_text = "",
       .doc = "The database that commands connect to where no environment is chosen."},
      {.table = "database",
       .name = "url",
       .type = ConfigType::kUrl,
       .allowed = {},
       .default_text = "none",
       .doc = "Its address. `${NAME}` stands for a variable of the environment, and is replaced "
              "when a command connects.",
       .string = &Config::url},
      {.table = "",
       .name = "environments",
       .type = ConfigType::kTable,
       .allowed = {},
       .default_text = "",
       .doc = "One table for each environment, under a name of your own: "
              "`[environments.staging]`."},
      {.table = "environments.*",
       .name = "url",
       .type = ConfigType::kUrl,
       .allowed = {},
       .default_text = "none",
       .doc = "The address of that environment's database."},
      {.table = "environments.*",
       .name = "kind",
       .type = ConfigType::kChoice,
       .allowed = {"development", "staging", "production"},
       .default_text = "by its name: `prod...` and `live` are production, `stag...` is staging, "
                       "all others are development",
       .doc = "How careful a run has to be; see [environments](environments.md).",
       .store_environment = store_kind},
      {.table = "environments.*",
       .name = "confirm",
       .type = ConfigType::kChoice,
       .allowed = {"never", "data-loss", "always"},
       .default_text = "`\"never\"` in development, `\"data-loss\"` elsewhere",
       .doc = "When a person is asked before a run changes the database. Production cannot say "
              "`\"never\"`.",
       .store_environment = store_confirm},
      {.table = "",
       .name = "session",
       .type = ConfigType::kTable,
       .allowed = {},
       .default_text = "",
       .doc = "What happens around a session; see [maintenance](maintenance.md) and "
              "[validation](validation.md)."},
      {.table = "session",
       .name = "maintenance_file",
       .type = ConfigType::kString,
       .allowed = {},
       .default_text = "none",
       .doc =
           "A file that is there while a session is open, relative to this file, for a web server "
           "or an application to look at.",
       .session_string = &SessionConfig::maintenance_file},
      {.table = "session",
       .name = "on_begin",
       .type = ConfigType::kStringList,
       .allowed = {},
       .default_text = "nothing",
       .doc =
           "What is called before a session's snapshot is taken: a command as a list of its words, "
           "which no shell reads, or one `http://` address. Where it fails, no session is opened.",
       .session_list = &SessionConfig::on_begin},
      {.table = "session",
       .name = "on_end",
       .type = ConfigType::kStringList,
       .allowed = {},
       .default_text = "nothing",
       .doc = "The same behind a commit or rollback. Where it fails, that is a warning.",
       .session_list = &SessionConfig::on_end},
      {.table = "session",
       .name = "health",
       .type = ConfigType::kStringList,
       .allowed = {},
       .default_text = "nothing",
       .doc =
           "What tells after an `apply` whether the application is well: a command that ends with "
           "0, or an `http://` address that answers with 2xx.",
       .session_list = &SessionConfig::health},
      {.table = "session",
       .name = "health_timeout",
       .type = ConfigType::kCount,
       .allowed = {},
       .default_text = "10",
       .doc = "The seconds that one attempt may take.",
       .session_count = &SessionConfig::health_timeout},
      {.table = "session",
       .name = "health_attempts",
       .type = ConfigType::kCount,
       .allowed = {},
       .default_text = "3",
       .doc = "How often it is tried, a second apart, until it counts as failed.",
       .session_count = &SessionConfig::health_attempts},
      {.table = "session",
       .name = "on_failure",
       .type = ConfigType::kChoice,
       .allowed = {"ask", "rollback", "keep"},
       .default_text = "`\"ask\"`",
       .doc =
           "What an `apply` in a session does after a migration, a validation or the health check "
           "failed: ask a person whether to roll back (and keep the session where there is none), "
           "roll back, or keep the session as it is.",
       .store_choice = store_on_failure},
      {.table = "session",
       .name = "keep_snapshots",
       .type = ConfigType::kCount,
       .allowed = {},
       .default_text = "none: each goes with its session",
       .doc = "How many snapshots stay behind commits, the newest good ones. `belay snapshots` "
              "lists them, `belay restore` brings one back.",
       .session_count = &SessionConfig::keep_snapshots},
      {.table = "session",
       .name = "compress_snapshots",
       .type = ConfigType::kBool,
       .allowed = {},
       .default_text = "`false`",
       .doc = "Whether the copy of a SQLite database is compressed by zstd, which takes less space "
              "and more time. What is copied of PostgreSQL stays as it is: dumps are compressed "
              "in any case.",
       .session_flag = &SessionConfig::compress_snapshots},
      {.table = "session",
       .name = "validations",
       .type = ConfigType::kTable,
       .allowed = {},
       .default_text = "",
       .doc =
           "Queries that tell after an `apply` whether the data is as it should be, each under a "
           "name of its own."},
      {.table = "session.validations",
       .name = "*",
       .type = ConfigType::kString,
       .allowed = {},
       .default_text = "none",
       .doc = "One query. It passes where it gives no row, or a single one with a single column, "
              "called `ok`, that is true or 1."},
      {.table = "",
       .name = "runtime",
       .type = ConfigType::kTable,
       .allowed = {},
       .default_text = "",
       .doc = "How migrations are run."},
      {.table = "runtime",
       .name = "rollback_window",
       .type = ConfigType::kDuration,
       .allowed = {},
       .default_text = "`\"24h\"`",
       .doc = "`belay down` takes back nothing that was applied longer ago, unless it is told "
              "`--beyond-window`: other data has come to rely on it by then.",
       .duration = &Config::rollback_window},
      {.table = "runtime",
       .name = "statement_timeout",
       .type = ConfigType::kDuration,
       .allowed = {},
       .default_text = "`\"off\"`",
       .doc = "A statement of a migration that runs longer is stopped, and the migration fails. "
              "Waiting for locks counts; each batch counts by itself.",
       .duration = &Config::statement_timeout},
      {.table = "",
       .name = "cpp",
       .type = ConfigType::kTable,
       .allowed = {},
       .default_text = "",
       .doc = "Migrations that are C++ classes; see [C++ migrations](cpp-migrations.md)."},
      {.table = "cpp",
       .name = "program",
       .type = ConfigType::kStringList,
       .allowed = {},
       .default_text = "none",
       .doc = "The program that holds them, as `belay_add_migrations` builds it, relative to this "
              "file; with its arguments where it needs some. Only commands that work on the "
              "database start it.",
       .list = &Config::cpp_program},
      {.table = "cpp",
       .name = "sources",
       .type = ConfigType::kStringList,
       .allowed = {},
       .default_text = "all that are compiled",
       .doc = "Glob patterns of the C++ sources that are checked, relative to this file.",
       .list = &Config::cpp_sources},
      {.table = "cpp",
       .name = "compile_commands",
       .type = ConfigType::kString,
       .allowed = {},
       .default_text = "looked for as clangd does",
       .doc = "The folder with `compile_commands.json`, relative to this file.",
       .string = &Config::cpp_compile_commands},
      {.table = "cpp",
       .name = "outside_migrations",
       .type = ConfigType::kBool,
       .allowed = {},
       .default_text = "`false`",
       .doc =
           "Also check the SQL that functions run outside of migration classes. Where there are no "
           "migrations, neither files nor a `program` or `bases`, `belay lint` does so unasked.",
       .flag = &Config::cpp_outside_migrations},
      {.table = "cpp",
       .name = "presets",
       .type = ConfigType::kStringList,
       .allowed = {"belay", "sqlite3", "libpq", "libpqxx", "soci", "qt", "sqlitecpp", "sqlite_orm",
                   "drogon", "userver"},
       .default_text = "all of them",
       .doc = "The libraries whose functions take SQL in the project's C++ sources: `belay`, "
              "`sqlite3`, `libpq`, `libpqxx`, `soci`, `qt`, `sqlitecpp`, `sqlite_orm`, `drogon`, "
              "`userver`.",
       .list = &Config::cpp_presets},
      {.table = "cpp",
       .name = "functions",
       .type = ConfigType::kStringList,
       .allowed = {},
       .default_text = "none",
       .doc =
           "The project's own functions that take SQL, with their namespaces: "
           "`\"shop::Store::run\"`; and which argument it is, counted from 0, where it is not the "
           "first: `\"shop::run:1\"`. A constructor is `\"shop::Query::Query\"`.",
       .list = &Config::cpp_functions,
       .mistake_in = mistake_in_function},
      {.table = "cpp",
       .name = "bases",
       .type = ConfigType::kStringList,
       .allowed = {},
       .default_text = "`belay::Migration` alone",
       .doc = "Classes of other libraries that migrations derive from, with their namespaces. The "
              "version is what `version()` returns, else the digits in the class' name, else those "
              "that the file's name begins with.",
       .list = &Config::cpp_bases,
       .mistake_in = mistake_in_name},
      {.table = "cpp",
       .name = "up",
       .type = ConfigType::kStringList,
       .allowed = {},
       .default_text = "`\"up\"`",
       .doc = "What the methods of these classes are called that bring the schema forward.",
       .list = &Config::cpp_up,
       .mistake_in = mistake_in_name},
      {.table = "cpp",
       .name = "down",
       .type = ConfigType::kStringList,
       .allowed = {},
       .default_text = "`\"down\"`",
       .doc = "And those that take it back.",
       .list = &Config::cpp_down,
       .mistake_in = mistake_in_name},
      {.table = "",
       .name = "rules",
       .type = ConfigType::kTable,
       .allowed = {},
       .default_text = "",
       .doc = "What to do with the rules; each key is the id of one."},
      {.table = "rules",
       .name = "*",
       .type = ConfigType::kChoice,
       .allowed = {"off", "info", "warning", "error"},
       .default_text = "the rule's own",
       .doc = "The rule's severity; or a table `{ severity = \"...\", option = value }` that also "
              "sets its options."},
  };
}

}  // namespace

std::span<const ConfigKey> config_keys() {
  static const std::vector<ConfigKey> keys = make_keys();
  return keys;
}

}  // namespace belay::project

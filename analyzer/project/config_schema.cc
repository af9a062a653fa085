#include "analyzer/project/config_schema.h"

#include <string>

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
       .default_text = "none",
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

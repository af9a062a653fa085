#include "workbench/down_place.h"

#include <algorithm>

#include "analyzer/project/file_name.h"
#include "analyzer/sql/script.h"
#include "support/file_system.h"

namespace belay::workbench {
namespace {

using project::Layout;

/// `x.up.sql` to `x.down.sql`, `X_up.sql` to `X_down.sql`.
std::string down_name(std::string_view up_path) {
  const std::string_view file = path::file_name(up_path);
  const auto directed = project::directed_name(file);
  if (!directed || directed->direction != project::Direction::kUp) return "";
  std::string out(up_path);
  const size_t at = out.size() - file.size() + directed->stem.size();
  const size_t word = out.find_first_not_of("._", at);
  if (word == std::string::npos || word + 2 > out.size()) return "";
  out.replace(word, 2, out[word] == 'U' ? "DOWN" : "down");
  return out;
}

std::string beside(const std::string& up_path, std::string_view name) {
  return path::join(path::parent(up_path), name);
}

DownPlace file(std::string path) {
  DownPlace out;
  out.path = std::move(path);
  return out;
}

DownPlace none(std::string why) {
  DownPlace out;
  out.no_place = std::move(why);
  return out;
}

DownPlace flyway(const project::Migration& migration) {
  const std::string& up = migration.up->path;
  if (migration.kind != project::Migration::Kind::kVersioned) {
    return none("Flyway undoes versioned migrations only");
  }
  std::string name(path::file_name(up));
  if (name.empty()) return none("the migration has no file of its own");
  name[0] = name[0] == 'v' ? 'u' : 'U';
  return file(beside(up, name));
}

DownPlace sqitch(const std::string& up) {
  const std::string folder = "deploy/";
  const size_t at = up.rfind(folder);
  if (at == std::string::npos) {
    return none(
        "the deploy script is not in a folder called deploy, so the revert script's folder "
        "is not known");
  }
  std::string out = up;
  out.replace(at, folder.size(), "revert/");
  return file(out);
}

DownPlace rollback_folder(const std::string& up) {
  const std::string_view number = project::leading_digits(path::file_name(up));
  return file(
      path::join(path::join(path::parent(up), "rollback"), std::string(number) + "_rollback.sql"));
}

DownPlace section(const project::Migration& migration, std::string_view up_text,
                  std::string_view mark) {
  DownPlace out;
  out.path = migration.up->path;
  out.in_up_file = true;
  if (migration.down && migration.down->path == out.path) {
    out.offset = migration.down->range.end;
  } else {
    out.offset = static_cast<uint32_t>(up_text.size());
    out.mark = mark;
  }
  return out;
}

DownPlace liquibase(const project::Migration& migration) {
  DownPlace out;
  out.path = migration.up->path;
  out.in_up_file = true;
  out.offset = migration.up->range.end;
  return out;
}

}  // namespace

DownPlace down_place(const project::MigrationSet& set, const project::Migration& migration,
                     std::string_view up_text) {
  const std::string& up = migration.up->path;
  const bool has_file = migration.down && migration.down->path != up;
  if (has_file && set.layout != Layout::kLiquibase) return file(migration.down->path);
  switch (set.layout) {
    case Layout::kDbmate: return section(migration, up_text, "-- migrate:down\n");
    case Layout::kGoose: return section(migration, up_text, "-- +goose Down\n");
    case Layout::kSqlMigrate: return section(migration, up_text, "-- +migrate Down\n");
    case Layout::kNodePgMigrate: {
      const std::string name = down_name(up);
      return name.empty() ? section(migration, up_text, "-- Down Migration\n") : file(name);
    }
    case Layout::kLiquibase: return liquibase(migration);
    case Layout::kDiesel:
    case Layout::kPrisma: return file(beside(up, "down.sql"));
    case Layout::kFlyway: return flyway(migration);
    case Layout::kSqitch: return sqitch(up);
    case Layout::kRollbackFolder: return rollback_folder(up);
    case Layout::kRefinery:
      return none("refinery has no way back: put it where you keep such scripts");
    case Layout::kPlain:
      return none("the layout has no way back: put it where you keep such scripts");
    case Layout::kSqlx:
    case Layout::kGolangMigrate:
    case Layout::kPop:
    case Layout::kUpDown: {
      const std::string name = down_name(up);
      if (!name.empty()) return file(name);
      return none("the up has no direction in its name: call it `.up.sql` first");
    }
  }
  return none("the layout has no way back");
}

/// goose and sql-migrate end a statement at a line that ends with a semicolon.
static std::string with_statement_marks(const std::string& script, const Dialect& dialect,
                                        const std::string& tool) {
  const sql::ParsedScript parsed = sql::parse_script(
      script, {0, static_cast<uint32_t>(script.size())}, dialect, sql::Recovery::kExact, nullptr);
  std::string out = script;
  for (size_t i = parsed.statements.size(); i-- > 0;) {
    const sql::ScriptStatement& s = parsed.statements[i];
    if (s.range.of(script).find(';') == std::string_view::npos) continue;
    out.insert(s.end, "\n-- +" + tool + " StatementEnd");
    out.insert(s.range.begin, "-- +" + tool + " StatementBegin\n");
  }
  return out;
}

std::string in_layout_form(Layout layout, const Dialect& dialect, const std::string& script) {
  switch (layout) {
    case Layout::kGoose: return with_statement_marks(script, dialect, "goose");
    case Layout::kSqlMigrate: return with_statement_marks(script, dialect, "migrate");
    case Layout::kSqitch: return "BEGIN;\n\n" + script + "\nCOMMIT;\n";
    case Layout::kLiquibase: {
      std::string out;
      size_t at = 0;
      while (at < script.size()) {
        const size_t end = std::min(script.find('\n', at), script.size());
        out += "--rollback " + script.substr(at, end - at) + "\n";
        at = end + 1;
      }
      return out;
    }
    default: return script;
  }
}

}  // namespace belay::workbench

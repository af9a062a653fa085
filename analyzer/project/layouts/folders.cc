// A folder for each migration: diesel and Prisma.
//
// Sources: diesel-rs/diesel diesel_migrations/migrations_internals/src/lib.rs and
// file_based_migrations.rs; prisma/prisma-engines schema-engine.
#include <algorithm>
#include <string>

#include "analyzer/project/file_name.h"
#include "analyzer/project/layouts/plan.h"
#include "analyzer/project/text_lines.h"
#include "analyzer/project/toml_document.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

bool holds_sql(const Folder& folder) {
  return std::any_of(folder.files.begin(), folder.files.end(),
                     [](const std::string& file) { return is_sql(file); });
}

/// `metadata.toml` of a diesel migration. Diesel takes a file without the key for `false`, and a
/// file that it cannot read for none.
void read_metadata(Planner& planner, const Folder& folder, Draft& draft) {
  if (!folder.has_file("metadata.toml")) return;
  const std::string path = folder.file("metadata.toml");
  planner.also_reads(path);
  const std::string* text = planner.files().text(path);
  if (text == nullptr) return;
  const TomlDocument document = parse_toml(*text);
  if (document.error) return;
  ByteRange directive = {0, static_cast<uint32_t>(text->size())};
  if (const TomlEntry* entry = document.root.find("run_in_transaction")) {
    if (entry->value.kind != TomlValue::Kind::kBool || entry->value.boolean) return;
    directive = entry->key_range.joined(entry->value.range);
  }
  for (auto* script : {&draft.up, &draft.down}) {
    if (!*script) continue;
    (*script)->no_transaction = true;
    (*script)->directive = directive;
    (*script)->directive_path = path;
  }
}

/// Diesel's version is all before the first underscore, without its dashes; versions are compared
/// as text.
std::string diesel_version(std::string_view folder) {
  std::string out(folder.substr(0, folder.find('_')));
  out.erase(std::remove(out.begin(), out.end(), '-'), out.end());
  return out;
}

}  // namespace

void plan_diesel(Planner& planner) {
  for (const std::string& name : planner.folder().folders) {
    const Folder& folder = planner.files().folder(path::join(planner.folder().path, name));
    if (!folder.has_file("up.sql")) {
      if (ascii::is_digit(name.front()) || holds_sql(folder)) {
        planner.problem(LayoutProblem::Kind::kBadFileName, folder.path,
                        "there is no `up.sql` in this folder, and diesel refuses all of them");
      } else {
        planner.ignore(name + "/", "a folder without `up.sql`; diesel refuses to run beside it");
      }
      continue;
    }
    const size_t underscore = name.find('_');
    Draft& draft = planner.add(
        text_key(diesel_version(name)), std::string_view(name).substr(0, underscore),
        underscore == std::string::npos ? "" : std::string_view(name).substr(underscore + 1), name,
        folder.file("up.sql"));
    if (folder.has_file("down.sql")) {
      draft.down.emplace();
      draft.down->path = folder.file("down.sql");
    }
    read_metadata(planner, folder, draft);
  }
  for (const std::string& file : planner.folder().files) {
    if (is_sql(file)) planner.ignore(file, "diesel reads folders, not files");
  }
  planner.sort();
  planner.report_equal_keys("", "diesel runs only one of the two");
}

void plan_prisma(Planner& planner) {
  for (const std::string& name : planner.folder().folders) {
    const Folder& folder = planner.files().folder(path::join(planner.folder().path, name));
    if (!folder.has_file("migration.sql")) {
      if (ascii::is_digit(name.front())) {
        planner.problem(LayoutProblem::Kind::kMissingFile, folder.path,
                        "there is no `migration.sql` in this folder, and Prisma refuses to run");
      } else {
        planner.ignore(name + "/", "a folder without `migration.sql`");
      }
      continue;
    }
    const std::string_view number = leading_digits(name);
    std::string_view title = std::string_view(name).substr(number.size());
    while (title.starts_with('_')) title.remove_prefix(1);
    Draft& draft = planner.add(text_key(name), number, title, name, folder.file("migration.sql"));
    // Prisma runs no down; its manual has people keep one beside the up, for `prisma db execute`.
    draft.migration.one_way = !folder.has_file("down.sql");
    if (folder.has_file("down.sql")) {
      draft.down.emplace();
      draft.down->path = folder.file("down.sql");
    }
  }
  if (planner.folder().has_file("migration_lock.toml")) {
    planner.also_reads(planner.folder().file("migration_lock.toml"));
  }
  planner.sort();
}

}  // namespace belay::project

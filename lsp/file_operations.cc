#include "lsp/file_operations.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "lsp/protocol/feature_results.h"
#include "lsp/protocol/params.h"
#include "lsp/protocol/uri.h"
#include "workbench/down_place.h"
#include "workbench/project_loader.h"

namespace belay::lsp {
namespace {

using project::MigrationSet;

/// The history that a file of that path belongs to, or would belong to: one that is known, or else
/// one that is read from the disk. None: no other migration is there to tell.
std::optional<MigrationSet> set_for(const Projects& projects, const FileSystem& disk,
                                    const std::string& path) {
  for (const auto& history : projects.histories()) {
    if (path::lies_in(path, history->set().directory)) return history->set();
  }
  Result<workbench::LoadedProject> loaded =
      workbench::load_project(disk, std::string(path::parent(path)), {});
  if (!loaded) return std::nullopt;
  for (MigrationSet& set : loaded->project.sets) {
    if (path::lies_in(path, set.directory) && !set.migrations.empty()) return std::move(set);
  }
  return std::nullopt;
}

const project::Migration* migration_with_up(const MigrationSet& set, const std::string& path) {
  for (const project::Migration& migration : set.migrations) {
    if (migration.up && migration.up->path == path) return &migration;
  }
  return nullptr;
}

/// Where the down of an up of that path would stand; empty where it has no file of its own.
std::string down_path(const MigrationSet& set, const std::string& up) {
  project::Migration migration;
  migration.up.emplace().path = up;
  const workbench::DownPlace place = workbench::down_place(set, migration, "");
  const bool is_own_file = !place.path.empty() && !place.in_up_file && place.path != up;
  if (!is_own_file) return "";
  // Where the name says nothing, any file would count as an up.
  const std::string_view name = path::file_name(up);
  switch (set.layout) {
    case project::Layout::kDiesel: return name == "up.sql" ? place.path : "";
    case project::Layout::kPrisma: return "";  // Prisma has no downs of its own
    case project::Layout::kFlyway: return name[0] == 'V' || name[0] == 'v' ? place.path : "";
    default: return place.path;
  }
}

}  // namespace

std::optional<std::string> down_beside(const MigrationSet& set, const std::string& up,
                                       const FileSystem& files) {
  std::string down = down_path(set, up);
  if (down.empty() || files.exists(down)) return std::nullopt;
  return down;
}

std::string new_down_text(const MigrationSet& set) {
  return set.layout == project::Layout::kSqitch ? "BEGIN;\n\n\nCOMMIT;\n" : "";
}

FileOperations::FileOperations(ServerWorld world) : world_(world) {
  Dispatcher& dispatcher = world_.dispatcher;
  dispatcher.on_request("workspace/willCreateFiles", [this](const Json& json, const Reply& reply) {
    const auto params = read_params<CreatedFiles>(json);
    if (!params) return reply.error(ErrorCode::kInvalidParams, params.error().message);
    will_create(*params, reply);
  });
  dispatcher.on_request("workspace/willRenameFiles", [this](const Json& json, const Reply& reply) {
    const auto params = read_params<std::vector<FileRename>>(json);
    if (!params) return reply.error(ErrorCode::kInvalidParams, params.error().message);
    will_rename(*params, reply);
  });
  dispatcher.on_notification("workspace/didCreateFiles", [this](const Json& json) {
    const auto params = read_params<CreatedFiles>(json);
    if (params) files_changed(params->uris);
  });
  dispatcher.on_notification("workspace/didRenameFiles", [this](const Json& json) {
    const auto params = read_params<std::vector<FileRename>>(json);
    if (!params) return;
    std::vector<std::string> uris;
    for (const FileRename& file : *params) uris.insert(uris.end(), {file.old_uri, file.new_uri});
    files_changed(uris);
  });
}

void FileOperations::will_create(const CreatedFiles& created, const Reply& reply) const {
  if (!world_.client.create_files) return reply.result("null");
  world_.analysis.ask(
      [created, reply, &disk = world_.disk, client = world_.client](const Projects& projects) {
        WorkspaceEdit edit;
        for (const std::string& uri : created.uris) {
          const auto path = path_of_uri(uri);
          const auto set = path ? set_for(projects, disk, *path) : std::nullopt;
          const auto down = set ? down_beside(*set, *path, disk) : std::nullopt;
          if (!down || std::count(created.uris.begin(), created.uris.end(), uri_of_path(*down))) {
            continue;
          }
          edit.created.push_back(uri_of_path(*down));
          const std::string text = new_down_text(*set);
          if (!text.empty())
            edit.documents.push_back({edit.created.back(), std::nullopt, {{{}, text}}});
        }
        reply.result(edit.created.empty() ? "null" : workspace_edit_json(edit, client));
      },
      reply.label());
}

void FileOperations::will_rename(const std::vector<FileRename>& files, const Reply& reply) const {
  if (!world_.client.rename_files) return reply.result("null");
  world_.analysis.ask(
      [files, reply, &disk = world_.disk, client = world_.client](const Projects& projects) {
        WorkspaceEdit edit;
        for (const FileRename& file : files) {
          const auto from = path_of_uri(file.old_uri);
          const auto to = path_of_uri(file.new_uri);
          const auto set = from && to ? set_for(projects, disk, *from) : std::nullopt;
          const project::Migration* migration = set ? migration_with_up(*set, *from) : nullptr;
          const bool has_down =
              migration != nullptr && migration->down && migration->down->path != *from;
          const auto down = has_down ? down_beside(*set, *to, disk) : std::nullopt;
          if (!down) continue;
          const std::string old_uri = uri_of_path(migration->down->path);
          const bool goes_anyway = std::any_of(
              files.begin(), files.end(),
              [&](const FileRename& f) { return uri_key(f.old_uri) == uri_key(old_uri); });
          if (!goes_anyway) edit.renamed.emplace_back(old_uri, uri_of_path(*down));
        }
        reply.result(edit.renamed.empty() ? "null" : workspace_edit_json(edit, client));
      },
      reply.label());
}

/// Editors that do not watch files tell of them here.
void FileOperations::files_changed(const std::vector<std::string>& uris) const {
  std::vector<Projects::Change> changes;
  for (const std::string& uri : uris) {
    if (const auto path = path_of_uri(uri)) changes.push_back({*path, true});
  }
  world_.analysis.files_changed(std::move(changes));
}

}  // namespace belay::lsp

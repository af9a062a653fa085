#include "analyzer/project/project_files.h"

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/project/glob.h"

namespace belay::project {

bool is_passed_over(std::string_view folder_name) {
  static constexpr std::array<std::string_view, 6> kNames = {
      "node_modules", "vendor", "target", "build", "dist", "bower_components"};
  return std::find(kNames.begin(), kNames.end(), folder_name) != kNames.end();
}

bool Folder::has_file(std::string_view name) const {
  return std::binary_search(files.begin(), files.end(), name);
}

bool ProjectFiles::is_excluded(const std::string& path) {
  if (exclude_.empty()) return false;
  const std::string relative = path::relative_to(path, root_);
  const bool excluded =
      std::any_of(exclude_.begin(), exclude_.end(),
                  [&](const std::string& pattern) { return glob_matches(pattern, relative); });
  excluded_count_ += excluded ? 1 : 0;
  return excluded;
}

const Folder& ProjectFiles::folder(const std::string& path) {
  const auto known = folders_.find(path);
  if (known != folders_.end()) return *known->second;
  auto folder = std::make_unique<Folder>();
  folder->path = path;
  const auto entries = files_.list(path.empty() ? "." : path);
  folder->readable = entries.ok();
  if (entries.ok()) {
    for (const FileSystem::Entry& entry : *entries) {
      const std::string_view name = path::file_name(entry.path);
      if (name.empty() || name.front() == '.' || is_excluded(path::join(path, name))) continue;
      (entry.is_directory ? folder->folders : folder->files).emplace_back(name);
    }
    std::sort(folder->files.begin(), folder->files.end());
    std::sort(folder->folders.begin(), folder->folders.end());
  }
  return *folders_.emplace(path, std::move(folder)).first->second;
}

bool ProjectFiles::has_file(const std::string& path) {
  return folder(std::string(path::parent(path))).has_file(path::file_name(path));
}

bool ProjectFiles::is_repository_root(const std::string& path) const {
  return files_.exists(path::join(path, ".git")) || files_.exists(path::join(path, ".hg"));
}

const std::string* ProjectFiles::text(const std::string& path) {
  auto known = texts_.find(path);
  if (known == texts_.end()) {
    Result<std::string> read = files_.read(path, kMaxFileBytes);
    // Thousands of texts are held until the end; what a reader took in reserve adds up.
    if (read.ok()) read->shrink_to_fit();
    known = texts_.emplace(path, std::move(read)).first;
  }
  return known->second.ok() ? &*known->second : nullptr;
}

const Error* ProjectFiles::read_error(const std::string& path) {
  const auto known = texts_.find(path);
  return known == texts_.end() || known->second.ok() ? nullptr : &known->second.error();
}

std::optional<std::string> ProjectFiles::take(const std::string& path) {
  const auto known = texts_.find(path);
  if (known == texts_.end() || !known->second.ok()) return std::nullopt;
  std::string text = std::move(known->second).value();
  texts_.erase(known);
  return text;
}

}  // namespace belay::project

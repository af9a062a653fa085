#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <belay/result.h>

#include "support/file_system.h"

namespace belay::project {

/// What one folder holds: names without the path, sorted, hidden and excluded ones left out.
struct Folder {
  std::string path;
  std::vector<std::string> files;
  std::vector<std::string> folders;
  bool readable = true;

  bool has_file(std::string_view name) const;
  std::string file(std::string_view name) const { return path::join(path, name); }
};

/// Folders that hold what a project is built from or into: no search goes there unasked.
bool is_passed_over(std::string_view folder_name);

/// The files of a project as one run of discovery sees them. Each folder is listed once and each
/// file read once, whoever asks. One thread.
class ProjectFiles {
 public:
  /// Larger files are data, not migrations; they are told as unreadable.
  static constexpr uint64_t kMaxFileBytes = uint64_t{64} << 20U;

  /// `exclude`: glob patterns on paths below `root`.
  ProjectFiles(const FileSystem& files, std::string root, const std::vector<std::string>& exclude)
      : files_(files), root_(std::move(root)), exclude_(exclude) {}

  const Folder& folder(const std::string& path);
  /// Whether a file is there, which the listing of its folder tells.
  bool has_file(const std::string& path);

  /// Whether a version control system keeps its data here: discovery looks no further up.
  bool is_repository_root(const std::string& path) const;

  /// A file's text; null where it cannot be read. Valid until the file is taken.
  const std::string* text(const std::string& path);
  /// Why `text` was null.
  const Error* read_error(const std::string& path);
  /// The text for somebody else to keep; none where it was not or could not be read.
  std::optional<std::string> take(const std::string& path);

  const std::string& root() const { return root_; }
  /// Paths that `exclude` left out so far.
  uint32_t excluded_count() const { return excluded_count_; }
  uint32_t folder_count() const { return static_cast<uint32_t>(folders_.size()); }

 private:
  bool is_excluded(const std::string& path);

  const FileSystem& files_;
  std::string root_;
  const std::vector<std::string>& exclude_;
  std::unordered_map<std::string, std::unique_ptr<Folder>> folders_;
  std::unordered_map<std::string, Result<std::string>> texts_;
  uint32_t excluded_count_ = 0;
};

}  // namespace belay::project

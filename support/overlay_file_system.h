#pragma once

#include <map>
#include <string>

#include "support/file_system.h"

namespace belay {

/// Files in memory over those of another file system: what an editor has open, or what came through
/// a pipe. Paths are compared as absolute, normalized ones. Borrows `base`. Not thread-safe while
/// it is changed.
class OverlayFileSystem : public FileSystem {
 public:
  explicit OverlayFileSystem(const FileSystem& base) : base_(base) {}

  void put(const std::string& path, std::string text) {
    texts_[path::absolute(path)] = std::move(text);
  }
  void remove(const std::string& path) { texts_.erase(path::absolute(path)); }

  bool exists(const std::string& path) const override;
  bool is_directory(const std::string& path) const override;
  Result<std::string> read(const std::string& path, uint64_t max_bytes) const override;
  Result<std::vector<Entry>> list(const std::string& directory) const override;

 private:
  const FileSystem& base_;
  std::map<std::string, std::string> texts_;
};

}  // namespace belay

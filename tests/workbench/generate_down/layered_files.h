#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/file_system.h"

namespace belay::workbench {

/// The files of this machine with some put over them and some taken away. Paths are absolute.
class LayeredFiles : public FileSystem {
 public:
  void put(const std::string& path, std::string text) { texts_[path] = std::move(text); }
  void remove(const std::string& path) { removed_.insert(path); }

  bool exists(const std::string& path) const override {
    return texts_.contains(path) || is_directory(path) ||
           (!removed_.contains(path) && disk_.exists(path));
  }
  bool is_directory(const std::string& path) const override {
    return disk_.is_directory(path) ||
           std::any_of(texts_.begin(), texts_.end(),
                       [&](const auto& item) { return item.first.starts_with(path + "/"); });
  }
  Result<std::string> read(const std::string& path, uint64_t max_bytes) const override {
    const auto found = texts_.find(path);
    if (found != texts_.end()) return found->second;
    return disk_.read(path, max_bytes);
  }
  Result<std::vector<Entry>> list(const std::string& directory) const override {
    std::map<std::string, bool> entries;
    if (Result<std::vector<Entry>> below = disk_.list(directory)) {
      for (const Entry& e : *below) {
        if (!removed_.contains(e.path)) entries[e.path] = e.is_directory;
      }
    }
    for (const auto& [path, text] : texts_) {
      if (!path.starts_with(directory + "/")) continue;
      const size_t slash = path.find('/', directory.size() + 1);
      entries[path.substr(0, slash)] |= slash != std::string::npos;
    }
    std::vector<Entry> out;
    for (const auto& [path, is_dir] : entries) out.push_back({path, is_dir});
    return out;
  }

 private:
  DiskFileSystem disk_;
  std::map<std::string, std::string> texts_;
  std::set<std::string> removed_;
};

}  // namespace belay::workbench

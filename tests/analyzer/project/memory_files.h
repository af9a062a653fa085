#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "support/file_system.h"

namespace belay::project {

/// Files in memory, given as path and text. Counts how often each is read and each folder listed.
class MemoryFiles : public FileSystem {
 public:
  MemoryFiles(std::initializer_list<std::pair<const std::string, std::string>> files)
      : files_(files) {}

  void write(const std::string& path, std::string text) { files_[path] = std::move(text); }
  void remove(const std::string& path) { files_.erase(path); }
  void make_unreadable(const std::string& path) { unreadable_.insert(path); }

  bool exists(const std::string& path) const override {
    return files_.contains(path) || is_directory(path);
  }
  bool is_directory(const std::string& path) const override {
    const std::string prefix = path == "/" ? path : path + "/";
    const auto at = files_.lower_bound(prefix);
    return at != files_.end() && at->first.starts_with(prefix);
  }
  Result<std::string> read(const std::string& path, uint64_t max_bytes) const override {
    ++reads_[path];
    const auto at = files_.find(path);
    if (at == files_.end() || unreadable_.contains(path)) {
      return Error{"cannot read: no permission", path, ""};
    }
    if (at->second.size() > max_bytes) return Error{"too large", path, "split it"};
    return at->second;
  }
  Result<std::vector<Entry>> list(const std::string& directory) const override {
    ++lists_[directory];
    if (!is_directory(directory)) return Error{"no such folder", directory, ""};
    const std::string prefix = directory == "/" ? directory : directory + "/";
    std::map<std::string, bool> found;
    for (auto at = files_.lower_bound(prefix); at != files_.end() && at->first.starts_with(prefix);
         ++at) {
      const std::string rest = at->first.substr(prefix.size());
      const size_t slash = rest.find('/');
      found[prefix + rest.substr(0, slash)] |= slash != std::string::npos;
    }
    std::vector<Entry> out;
    for (const auto& [path, folder] : found) out.push_back({path, folder});
    return out;
  }

  const std::map<std::string, int>& reads() const { return reads_; }
  const std::map<std::string, int>& lists() const { return lists_; }

 private:
  std::map<std::string, std::string> files_;
  std::set<std::string> unreadable_;
  mutable std::map<std::string, int> reads_;
  mutable std::map<std::string, int> lists_;
};

}  // namespace belay::project

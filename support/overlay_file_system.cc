#include "support/overlay_file_system.h"

#include <algorithm>

namespace belay {

bool OverlayFileSystem::exists(const std::string& path) const {
  return texts_.count(path::absolute(path)) != 0 || base_.exists(path) || is_directory(path);
}

bool OverlayFileSystem::is_directory(const std::string& path) const {
  if (base_.is_directory(path)) return true;
  const std::string prefix = path::absolute(path) + "/";
  const auto at = texts_.lower_bound(prefix);
  return at != texts_.end() && at->first.starts_with(prefix);
}

Result<std::string> OverlayFileSystem::read(const std::string& path, uint64_t max_bytes) const {
  const auto found = texts_.find(path::absolute(path));
  if (found == texts_.end()) return base_.read(path, max_bytes);
  if (found->second.size() > max_bytes) {
    return Error{"the text has " + std::to_string(found->second.size()) + " bytes; at most " +
                     std::to_string(max_bytes) + " are read",
                 path, ""};
  }
  return found->second;
}

Result<std::vector<FileSystem::Entry>> OverlayFileSystem::list(const std::string& directory) const {
  std::vector<Entry> out;
  if (base_.is_directory(directory)) {
    Result<std::vector<Entry>> entries = base_.list(directory);
    if (!entries) return std::move(entries).error();
    out = std::move(*entries);
  }
  const std::string prefix = path::absolute(directory) + "/";
  for (auto at = texts_.lower_bound(prefix); at != texts_.end() && at->first.starts_with(prefix);
       ++at) {
    const std::string rest = at->first.substr(prefix.size());
    const size_t slash = rest.find('/');
    Entry entry{path::join(directory, rest.substr(0, slash)), slash != std::string::npos};
    const bool known =
        std::any_of(out.begin(), out.end(), [&](const Entry& e) { return e.path == entry.path; });
    if (!known) out.push_back(std::move(entry));
  }
  std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.path < b.path; });
  return out;
}

}  // namespace belay

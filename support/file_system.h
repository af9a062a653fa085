#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <belay/result.h>

namespace belay {

/// The part of the world that projects are read from. Paths are UTF-8, with `/`, absolute or
/// relative to the process's working directory. Implementations may be called from any thread.
class FileSystem {
 public:
  struct Entry {
    std::string path;  ///< begins with the folder that was listed
    bool is_directory = false;
  };

  virtual ~FileSystem() = default;

  virtual bool exists(const std::string& path) const = 0;
  virtual bool is_directory(const std::string& path) const = 0;
  /// The bytes of a file. Files over `max_bytes` are refused with an error that says so.
  virtual Result<std::string> read(const std::string& path, uint64_t max_bytes) const = 0;
  /// The files and folders that a folder holds, sorted by name, without descending; no pipes,
  /// sockets and devices.
  virtual Result<std::vector<Entry>> list(const std::string& directory) const = 0;
};

/// The files of this machine.
class DiskFileSystem : public FileSystem {
 public:
  bool exists(const std::string& path) const override;
  bool is_directory(const std::string& path) const override;
  Result<std::string> read(const std::string& path, uint64_t max_bytes) const override;
  Result<std::vector<Entry>> list(const std::string& directory) const override;
};

/// Paths as text: the functions touch no file.
namespace path {

/// `a` and `b` with one slash between them; `b` alone where it is absolute or `a` is empty.
std::string join(std::string_view a, std::string_view b);
/// All before the last slash: "" where there is none, "/" for "/x".
std::string_view parent(std::string_view path);
/// All behind the last slash.
std::string_view file_name(std::string_view path);
bool is_absolute(std::string_view path);
/// Without `.`, `..` and doubled slashes, as far as the text alone can tell.
std::string normalize(std::string_view path);
/// `path` seen from `base`, both normalized; `path` itself where it does not lie below `base`.
std::string relative_to(std::string_view path, std::string_view base);
/// Whether `path` is `folder` or lies below it, both normalized.
bool lies_in(std::string_view path, std::string_view folder);
/// Absolute and normalized, with the process's working directory.
std::string absolute(std::string_view path);

}  // namespace path

}  // namespace belay

#include "support/file_system.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace belay {
namespace {

Error io_error(const std::string& path, const std::string& what, int code) {
  return {what + ": " + std::strerror(code), path, ""};
}

/// Pipes, sockets and devices: reading one may wait for ever.
bool is_device(std::filesystem::file_type type) {
  using Type = std::filesystem::file_type;
  return type == Type::fifo || type == Type::socket || type == Type::block ||
         type == Type::character;
}

}  // namespace

bool DiskFileSystem::exists(const std::string& path) const {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

bool DiskFileSystem::is_directory(const std::string& path) const {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

Result<std::string> DiskFileSystem::read(const std::string& path, uint64_t max_bytes) const {
  if (is_directory(path)) return io_error(path, "cannot read", EISDIR);
  std::ifstream in(path, std::ios::binary);
  if (!in) return io_error(path, "cannot read", errno);
  std::error_code error;
  const uint64_t size = std::filesystem::file_size(path, error);
  if (!error && size > max_bytes) {
    return Error{"the file has " + std::to_string(size) + " bytes; at most " +
                     std::to_string(max_bytes) + " are read",
                 path, "split it, or leave it out with `exclude` in belay.toml"};
  }
  std::string text;
  if (!error) {
    text.resize(size);
    in.read(text.data(), static_cast<std::streamsize>(size));
    text.resize(static_cast<size_t>(in.gcount()));
  }
  // What has no size (a pipe), or has grown meanwhile, is read in pieces.
  constexpr size_t kPiece = size_t{1} << 16U;
  while (in && in.peek() != std::ifstream::traits_type::eof()) {
    const size_t used = text.size();
    text.resize(used + kPiece);
    in.read(text.data() + used, kPiece);
    text.resize(used + static_cast<size_t>(in.gcount()));
    if (text.size() > max_bytes) return Error{"the file is too large to be read", path, ""};
  }
  if (in.bad()) return io_error(path, "cannot read", errno);
  return text;
}

Result<std::vector<FileSystem::Entry>> DiskFileSystem::list(const std::string& directory) const {
  std::error_code error;
  std::filesystem::directory_iterator entries(directory, error);
  if (error) return Error{"cannot list the folder: " + error.message(), directory, ""};
  std::vector<Entry> out;
  for (; entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    if (error) return Error{"cannot list the folder: " + error.message(), directory, ""};
    std::error_code ignored;
    const std::filesystem::file_type type = entries->status(ignored).type();
    if (is_device(type)) continue;
    out.push_back({path::join(directory, entries->path().filename().string()),
                   type == std::filesystem::file_type::directory});
  }
  std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.path < b.path; });
  return out;
}

namespace path {

std::string join(std::string_view a, std::string_view b) {
  if (a.empty() || is_absolute(b)) return std::string(b);
  std::string out(a);
  if (out.back() != '/') out += '/';
  return out.append(b);
}

std::string_view parent(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

std::string_view file_name(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_absolute(std::string_view path) { return path.starts_with('/'); }

std::string normalize(std::string_view path) {
  std::string out = std::filesystem::path(path).lexically_normal().string();
  if (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

std::string relative_to(std::string_view path, std::string_view base) {
  if (path == base) return ".";
  if (!lies_in(path, base)) return std::string(path);
  return std::string(path.substr(base.ends_with('/') ? base.size() : base.size() + 1));
}

bool lies_in(std::string_view path, std::string_view folder) {
  if (!path.starts_with(folder)) return false;
  return path.size() == folder.size() || folder.ends_with('/') || path[folder.size()] == '/';
}

std::string absolute(std::string_view path) {
  std::error_code error;
  const auto full = std::filesystem::absolute(std::filesystem::path(path), error);
  return normalize(error ? std::string(path) : full.string());
}

}  // namespace path

}  // namespace belay

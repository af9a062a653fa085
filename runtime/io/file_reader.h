#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <belay/result.h>

namespace belay::runtime {

/// The content of a file that nobody changes, from any place in it. Not for several threads: each
/// opens its own.
class FileReader {
 public:
  virtual ~FileReader() = default;

  /// Of the content, in bytes.
  virtual uint64_t size() const = 0;
  /// All of it must lie within the content.
  virtual Result<void> read(char* to, size_t size, uint64_t offset) = 0;
};

/// Of a file as it is, or of what a compressed one holds (`compressed_file`).
Result<std::unique_ptr<FileReader>> open_reader(const std::string& path);

/// As `file_checksum`, of the content.
Result<std::string> content_checksum(const std::string& path);

}  // namespace belay::runtime

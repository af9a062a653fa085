#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "runtime/io/compressed_file.h"
#include "runtime/io/durable_file.h"

namespace belay::runtime {

/// The file that a copy is written to, from its beginning to its end: as it comes, or compressed.
class CopyFile {
 public:
  static Result<CopyFile> create(const std::string& path, bool compressed) {
    if (compressed) return made(CompressedWriter::create(path));
    return made(NewFile::create(path));
  }

  Result<void> write(std::string_view bytes) {
    return std::visit([&](auto& file) { return file.write(bytes); }, file_);
  }
  /// What is still held back.
  Result<void> finish() {
    auto* compressed = std::get_if<CompressedWriter>(&file_);
    return compressed == nullptr ? Result<void>() : compressed->finish();
  }
  Result<void> sync() {
    return std::visit([](auto& file) { return file.sync(); }, file_);
  }

 private:
  using File = std::variant<NewFile, CompressedWriter>;

  explicit CopyFile(File file) : file_(std::move(file)) {}
  template <class Made>
  static Result<CopyFile> made(Result<Made> file) {
    if (!file) return std::move(file).error();
    return CopyFile(File(*std::move(file)));
  }

  File file_;
};

}  // namespace belay::runtime

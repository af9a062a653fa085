#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <belay/result.h>

#include "runtime/io/durable_file.h"
#include "runtime/io/file_reader.h"

/// Files compressed by zstd of which any part can be read without what is before it: each piece of
/// 1 MB is a frame of its own, and a table of them ends the file, in zstd's seekable format
/// (contrib/seekable_format in its sources). `zstd -d` reads them like any other.
namespace belay::runtime {

/// Writes one from its beginning to its end.
class CompressedWriter {
 public:
  static Result<CompressedWriter> create(const std::string& path);
  CompressedWriter(CompressedWriter&&) noexcept;
  ~CompressedWriter();

  Result<void> write(std::string_view bytes);
  /// What is still held back, and the table. Nothing can be written after it.
  Result<void> finish();
  Result<void> sync() { return file_.sync(); }

 private:
  struct Context;
  struct Frame {
    uint32_t compressed, content;
  };
  CompressedWriter(NewFile file, std::unique_ptr<Context> context);
  Result<void> write_frame();

  NewFile file_;
  std::unique_ptr<Context> context_;
  std::string content_;
  std::string frame_;
  std::vector<Frame> frames_;
};

/// Whether a file begins as what zstd has compressed does.
bool is_compressed(const std::string& path);

/// Errors: it cannot be read, it is cut off or damaged, or it was not made for reading parts of it.
/// Reading checks the checksum of each frame.
Result<std::unique_ptr<FileReader>> open_compressed(const std::string& path);

/// How many bytes `content` takes as part of such a file.
uint64_t compressed_size(std::string_view content);

}  // namespace belay::runtime

#include "runtime/io/file_reader.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "runtime/io/checksum.h"
#include "runtime/io/compressed_file.h"
#include "runtime/io/durable_file.h"
#include "runtime/io/unique_fd.h"

namespace belay::runtime {
namespace {

class PlainReader : public FileReader {
 public:
  PlainReader(std::string path, UniqueFd fd)
      : path_(std::move(path)), fd_(std::move(fd)), size_(file_size(path_)) {}

  uint64_t size() const override { return size_; }
  Result<void> read(char* to, size_t size, uint64_t offset) override {
    return read_at(path_, fd_.get(), to, size, offset);
  }

 private:
  std::string path_;
  UniqueFd fd_;
  uint64_t size_;
};

}  // namespace

Result<std::unique_ptr<FileReader>> open_reader(const std::string& path) {
  if (is_compressed(path)) return open_compressed(path);
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return file_error("cannot read the file", path, errno);
  return std::unique_ptr<FileReader>(std::make_unique<PlainReader>(path, std::move(fd)));
}

Result<std::string> content_checksum(const std::string& path) {
  Result<std::unique_ptr<FileReader>> reader = open_reader(path);
  if (!reader) return std::move(reader).error();
  Checksum checksum;
  std::string buffer(size_t{1} << 20U, '\0');
  const uint64_t size = (*reader)->size();
  for (uint64_t done = 0; done < size;) {
    const auto piece = static_cast<size_t>(std::min<uint64_t>(buffer.size(), size - done));
    BELAY_TRY((*reader)->read(buffer.data(), piece, done));
    checksum.add(std::string_view(buffer.data(), piece));
    done += piece;
  }
  return checksum.hex();
}

}  // namespace belay::runtime

#include "runtime/io/compressed_file.h"

#include <endian.h>
#include <fcntl.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "runtime/io/unique_fd.h"

namespace belay::runtime {
namespace {

/// Large enough to compress well, small enough to be read for one page.
constexpr size_t kContentOfFrame = size_t{1} << 20U;
/// With zstd's own default, 3, a table of orders takes a tenth less space and twice the time.
constexpr int kLevel = 1;

constexpr uint32_t kTableMagic = 0x184D2A5E;
constexpr uint32_t kFooterMagic = 0x8F92EAB1;
constexpr size_t kTableHeader = 8;
constexpr size_t kFooter = 9;
constexpr unsigned char kHasChecksums = 0x80;

struct FreeCompression {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecompression {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};
using Compression = std::unique_ptr<ZSTD_CCtx, FreeCompression>;
using Decompression = std::unique_ptr<ZSTD_DCtx, FreeDecompression>;

Compression make_compression() {
  Compression out(ZSTD_createCCtx());
  ZSTD_CCtx_setParameter(out.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(out.get(), ZSTD_c_checksumFlag, 1);
  return out;
}

uint32_t little_endian(const char* bytes) {
  uint32_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return le32toh(value);
}

void add_little_endian(std::string& to, uint32_t value) {
  value = htole32(value);
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

Error broken_file(const std::string& path, const std::string& what) {
  return {"the compressed file is damaged: " + what, path,
          "it is not used; take another copy of it"};
}

/// Of one frame in the file and in the content.
struct Extent {
  uint64_t at, size;
  uint64_t content_at, content_size;
};

class CompressedReader : public FileReader {
 public:
  CompressedReader(std::string path, UniqueFd fd)
      : path_(std::move(path)), fd_(std::move(fd)), context_(ZSTD_createDCtx()) {}

  Result<void> read_table() {
    const uint64_t size = file_size(path_);
    std::array<char, kFooter> footer{};
    if (size < kTableHeader + kFooter) return broken_file(path_, "it ends too early");
    BELAY_TRY(read_at(path_, fd_.get(), footer.data(), footer.size(), size - footer.size()));
    if (little_endian(footer.data() + 5) != kFooterMagic) return without_table();
    const uint64_t frames = little_endian(footer.data());
    const bool has_checksums = (static_cast<unsigned char>(footer[4]) & kHasChecksums) != 0;
    const uint64_t entry = has_checksums ? 12 : 8;
    const uint64_t table = kTableHeader + frames * entry + kFooter;
    if (table > size) return broken_file(path_, "it ends too early");
    std::string bytes(static_cast<size_t>(table), '\0');
    BELAY_TRY(read_at(path_, fd_.get(), bytes.data(), bytes.size(), size - table));
    if (little_endian(bytes.data()) != kTableMagic ||
        little_endian(bytes.data() + 4) != table - kTableHeader) {
      return broken_file(path_, "the table at its end does not hold together");
    }
    return read_entries(bytes, frames, entry, size - table);
  }

  uint64_t size() const override { return size_; }

  Result<void> read(char* to, size_t size, uint64_t offset) override {
    while (size > 0) {
      Result<const Held*> frame = frame_at(offset);
      if (!frame) return std::move(frame).error();
      const auto from = static_cast<size_t>(offset - (*frame)->content_at);
      const size_t piece = std::min(size, (*frame)->content.size() - from);
      std::memcpy(to, (*frame)->content.data() + from, piece);
      to += piece;
      size -= piece;
      offset += piece;
    }
    return {};
  }

 private:
  /// A frame's content, kept for the next reads of what is near it.
  struct Held {
    uint64_t content_at = 0;
    std::string content;
    uint64_t used = 0;
  };
  /// Enough for the root, the inner pages and the leaves of a table that is gone through.
  static constexpr size_t kMostHeld = 6;

  Error without_table() const {
    return {"the compressed file cannot be read in parts: it was cut off, or others have made it",
            path_, "if it is whole, decompress it with `zstd -d` and name what comes of it"};
  }

  Result<void> read_entries(const std::string& table, uint64_t frames, uint64_t entry,
                            uint64_t end) {
    // Nobody else is to make us hold more than that in memory.
    constexpr uint32_t kMostContent = 64U << 20U;
    uint64_t at = 0;
    for (uint64_t i = 0; i < frames; ++i) {
      const char* bytes = table.data() + kTableHeader + i * entry;
      const Extent extent{at, little_endian(bytes), size_, little_endian(bytes + 4)};
      if (extent.content_size > kMostContent) return without_table();
      at += extent.size;
      size_ += extent.content_size;
      if (extent.content_size > 0) extents_.push_back(extent);
    }
    return at == end ? Result<void>()
                     : Result<void>(broken_file(path_, "the table at its end does not fit it"));
  }

  Result<const Held*> frame_at(uint64_t offset) {
    for (Held& held : held_) {
      if (offset < held.content_at || offset - held.content_at >= held.content.size()) continue;
      held.used = ++uses_;
      return &held;
    }
    const auto behind =
        std::upper_bound(extents_.begin(), extents_.end(), offset,
                         [](uint64_t at, const Extent& extent) { return at < extent.content_at; });
    if (offset >= size_ || behind == extents_.begin())
      return broken_file(path_, "it ends too early");
    return load(*std::prev(behind));
  }

  Result<const Held*> load(const Extent& extent) {
    compressed_.resize(static_cast<size_t>(extent.size));
    BELAY_TRY(read_at(path_, fd_.get(), compressed_.data(), compressed_.size(), extent.at));
    if (held_.size() < kMostHeld) held_.emplace_back();
    Held& held = *std::min_element(held_.begin(), held_.end(),
                                   [](const Held& a, const Held& b) { return a.used < b.used; });
    held.content.resize(static_cast<size_t>(extent.content_size));
    const size_t got = ZSTD_decompressDCtx(context_.get(), held.content.data(), held.content.size(),
                                           compressed_.data(), compressed_.size());
    if (got != held.content.size()) {
      held = Held{};
      return broken_file(path_, "at byte " + std::to_string(extent.at) + ": " +
                                    (ZSTD_isError(got) != 0 ? ZSTD_getErrorName(got)
                                                            : "less is there than was compressed"));
    }
    held.content_at = extent.content_at;
    held.used = ++uses_;
    return &held;
  }

  std::string path_;
  UniqueFd fd_;
  Decompression context_;
  std::vector<Extent> extents_;
  uint64_t size_ = 0;
  std::vector<Held> held_;
  uint64_t uses_ = 0;
  std::string compressed_;
};

}  // namespace

struct CompressedWriter::Context {
  Compression compression = make_compression();
};

CompressedWriter::CompressedWriter(NewFile file, std::unique_ptr<Context> context)
    : file_(std::move(file)), context_(std::move(context)) {}
CompressedWriter::CompressedWriter(CompressedWriter&&) noexcept = default;
CompressedWriter::~CompressedWriter() = default;

Result<CompressedWriter> CompressedWriter::create(const std::string& path) {
  Result<NewFile> file = NewFile::create(path);
  if (!file) return std::move(file).error();
  return CompressedWriter(*std::move(file), std::make_unique<Context>());
}

Result<void> CompressedWriter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t piece = std::min(bytes.size(), kContentOfFrame - content_.size());
    content_.append(bytes.substr(0, piece));
    bytes.remove_prefix(piece);
    if (content_.size() == kContentOfFrame) BELAY_TRY(write_frame());
  }
  return {};
}

Result<void> CompressedWriter::write_frame() {
  frame_.resize(ZSTD_compressBound(content_.size()));
  const size_t size = ZSTD_compress2(context_->compression.get(), frame_.data(), frame_.size(),
                                     content_.data(), content_.size());
  if (ZSTD_isError(size) != 0) {
    return Error{std::string("cannot compress: ") + ZSTD_getErrorName(size), "", ""};
  }
  BELAY_TRY(file_.write(std::string_view(frame_).substr(0, size)));
  frames_.push_back({static_cast<uint32_t>(size), static_cast<uint32_t>(content_.size())});
  content_.clear();
  return {};
}

Result<void> CompressedWriter::finish() {
  if (!content_.empty() || frames_.empty()) BELAY_TRY(write_frame());
  std::string table;
  add_little_endian(table, kTableMagic);
  add_little_endian(table, static_cast<uint32_t>(frames_.size() * sizeof(Frame) + kFooter));
  for (const Frame& frame : frames_) {
    add_little_endian(table, frame.compressed);
    add_little_endian(table, frame.content);
  }
  add_little_endian(table, static_cast<uint32_t>(frames_.size()));
  table += '\0';  // no checksums here: each frame has its own
  add_little_endian(table, kFooterMagic);
  return file_.write(table);
}

bool is_compressed(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4> magic{};
  return fd.valid() && read_at(path, fd.get(), magic.data(), magic.size(), 0) &&
         little_endian(magic.data()) == ZSTD_MAGICNUMBER;
}

Result<std::unique_ptr<FileReader>> open_compressed(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return file_error("cannot read the file", path, errno);
  auto reader = std::make_unique<CompressedReader>(path, std::move(fd));
  BELAY_TRY(reader->read_table());
  return std::unique_ptr<FileReader>(std::move(reader));
}

uint64_t compressed_size(std::string_view content) {
  const Compression compression = make_compression();
  std::string out(ZSTD_compressBound(content.size()), '\0');
  const size_t size =
      ZSTD_compress2(compression.get(), out.data(), out.size(), content.data(), content.size());
  return ZSTD_isError(size) != 0 ? content.size() : size;
}

}  // namespace belay::runtime

#include "runtime/io/checksum.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

// Within this file alone: a program that links the runtime needs no other library for it.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "runtime/io/durable_file.h"
#include "runtime/io/text_form.h"
#include "runtime/io/unique_fd.h"

namespace belay::runtime {
namespace {

/// Byte by byte from the most significant, as the library's own tools print it.
std::string bytes_of(const XXH128_hash_t& hash) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, hash);
  return {reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest};
}

}  // namespace

struct Checksum::State {
  XXH3_state_t hash;
};

Checksum::Checksum() : state_(std::make_unique<State>()) { XXH3_128bits_reset(&state_->hash); }
Checksum::~Checksum() = default;

void Checksum::add(std::string_view bytes) {
  XXH3_128bits_update(&state_->hash, bytes.data(), bytes.size());
}

std::string Checksum::hex() const { return hex_of(bytes_of(XXH3_128bits_digest(&state_->hash))); }

std::string Checksum::of(std::string_view bytes) {
  return bytes_of(XXH3_128bits(bytes.data(), bytes.size()));
}

Result<std::string> file_checksum(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return file_error("cannot read the file", path, errno);
  Checksum checksum;
  std::string buffer(size_t{1} << 20U, '\0');
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error("cannot read the file", path, errno);
    if (got == 0) return checksum.hex();
    checksum.add(std::string_view(buffer.data(), static_cast<size_t>(got)));
  }
}

}  // namespace belay::runtime

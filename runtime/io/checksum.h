#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <belay/result.h>

namespace belay::runtime {

/// XXH3 of 128 bits over bytes that come in pieces. It finds what disks and cables do to data, as
/// fast as memory is read; it keeps nobody from making two texts with the same one.
class Checksum {
 public:
  Checksum();
  ~Checksum();
  Checksum(const Checksum&) = delete;
  Checksum& operator=(const Checksum&) = delete;

  void add(std::string_view bytes);
  /// In hexadecimal.
  std::string hex() const;
  /// The 16 bytes of one piece.
  static std::string of(std::string_view bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Of a file's bytes, in hexadecimal.
Result<std::string> file_checksum(const std::string& path);

}  // namespace belay::runtime

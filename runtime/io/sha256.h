#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace belay::runtime {

/// SHA-256 of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  /// The 32 bytes, or them in hexadecimal. Ends the calculation; call one of them, once.
  std::string digest();
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// SHA-256 of `bytes` in hexadecimal.
std::string sha256_hex(std::string_view bytes);

}  // namespace belay::runtime

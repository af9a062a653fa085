#pragma once

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

/// Values as text that reads as the same value again.
namespace belay::runtime {

/// Two digits for each byte: `00ff`.
std::string hex_of(std::string_view bytes);
/// Empty for what is no such text.
std::optional<std::string> bytes_of_hex(std::string_view hex);

/// The shortest text that reads as the same number.
template <class Number>
std::string digits_of(Number number) {
  std::array<char, 64> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return std::string(buffer.data(), end);
}

}  // namespace belay::runtime

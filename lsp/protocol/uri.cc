#include "lsp/protocol/uri.h"

#include "support/ascii.h"
#include "support/file_system.h"

namespace belay::lsp {
namespace {

constexpr std::string_view kFileScheme = "file:";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// What stands in a path as it is; all else is escaped, `:` too, as VS Code does.
bool is_plain(char c) {
  return ascii::is_letter(c) || ascii::is_digit(c) || c == '/' || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                        hex_value(text[i + 2]) >= 0;
    if (!escape) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
    i += 2;
  }
  return out;
}

std::optional<std::string> path_of_uri(std::string_view uri) {
  if (!ascii::starts_with_ignoring_case(uri, kFileScheme)) return std::nullopt;
  uri.remove_prefix(kFileScheme.size());
  uri = uri.substr(0, uri.find_first_of("?#"));
  if (uri.starts_with("//")) {
    uri.remove_prefix(2);
    const size_t slash = uri.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const std::string_view host = uri.substr(0, slash);
    if (!host.empty() && !ascii::equal_ignoring_case(host, "localhost")) return std::nullopt;
    uri.remove_prefix(slash);
  }
  const std::string path = percent_decoded(uri);
  // A path with a zero byte would mean another file to the system than to us.
  if (!path.starts_with('/') || path.find('\0') != std::string::npos) return std::nullopt;
  return path::normalize(path);
}

std::string uri_of_path(std::string_view path) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out = "file://";
  for (const char c : path) {
    if (is_plain(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xFU];
  }
  return out;
}

std::string uri_key(std::string_view uri) {
  if (const auto path = path_of_uri(uri)) return *path;
  return std::string(uri);
}

}  // namespace belay::lsp

#include <string_view>

#include <belay/migration.h>

#include "runtime/io/sha256.h"

namespace belay::runtime {

std::string MigrationScript::display_name() const {
  if (!id.empty()) return id;
  return name.empty() ? version : version + "_" + name;
}

std::string MigrationScript::checksum() const {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::string_view text = up.sql;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::string normal;
  normal.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      normal += text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      normal += '\n';
    }
  }
  return sha256_hex(normal);
}

}  // namespace belay::runtime

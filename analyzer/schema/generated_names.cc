#include "analyzer/schema/generated_names.h"

#include <algorithm>

#include "analyzer/text/utf8.h"

namespace belay::schema {
namespace {

constexpr size_t kMaxNameBytes = 63;  // NAMEDATALEN - 1

/// The longest start of `text` of at most `bytes` bytes that does not cut a character.
std::string_view clip(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  size_t at = 0;
  while (at < bytes) {
    const size_t next = at + utf8::step_at(text, at).bytes;
    if (next > bytes) break;
    at = next;
  }
  return text.substr(0, at);
}

std::string make_object_name(std::string_view table, std::string_view part,
                             std::string_view label) {
  size_t overhead = label.empty() ? 0 : label.size() + 1;
  overhead += part.empty() ? 0 : 1;
  const size_t available = kMaxNameBytes - overhead;
  size_t table_bytes = table.size();
  size_t part_bytes = part.size();
  while (table_bytes + part_bytes > available) {
    if (table_bytes > part_bytes) {
      --table_bytes;
    } else {
      --part_bytes;
    }
  }
  std::string out(clip(table, table_bytes));
  if (!part.empty()) out.append("_").append(clip(part, part_bytes));
  if (!label.empty()) out.append("_").append(label);
  return out;
}

}  // namespace

std::string postgres_object_name(std::string_view table, std::string_view part,
                                 std::string_view label, const NameTaken& taken) {
  std::string name = make_object_name(table, part, label);
  for (int pass = 1; taken(name); ++pass) {
    name = make_object_name(table, part, std::string(label) + std::to_string(pass));
  }
  return name;
}

std::vector<std::string> postgres_index_parts(const std::vector<std::string>& columns) {
  std::vector<std::string> out;
  for (const std::string& column : columns) {
    const std::string base = column.empty() ? "expr" : column;
    std::string part = base;
    for (int i = 1; std::find(out.begin(), out.end(), part) != out.end(); ++i) {
      const std::string number = std::to_string(i);
      part = std::string(clip(base, kMaxNameBytes - number.size())) + number;
    }
    out.push_back(std::move(part));
  }
  return out;
}

std::string postgres_column_part(const std::vector<std::string>& columns) {
  std::string out;
  for (const std::string& column : columns) {
    if (!out.empty()) out += '_';
    out += column;
    // PostgreSQL stops when its buffer holds a name's worth of bytes.
    if (out.size() > kMaxNameBytes) break;
  }
  return std::string(clip(out, kMaxNameBytes + 1));
}

}  // namespace belay::schema

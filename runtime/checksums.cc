#include "runtime/checksums.h"

#include <string_view>

#include "analyzer/text/splitter.h"
#include "runtime/io/sha256.h"
#include "support/ascii.h"

namespace belay::runtime {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view without_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

std::string with_plain_line_ends(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      out += text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      out += '\n';
    }
  }
  return out;
}

/// Without white space before a line end; one line end behind the last line that is not empty.
std::string without_trailing_space(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const auto trim = [&out](std::string_view what) {
    while (!out.empty() && what.find(out.back()) != std::string_view::npos) out.pop_back();
  };
  for (const char c : text) {
    if (c == '\n') trim(" \t\v\f");
    out += c;
  }
  trim(" \t\v\f\n");
  if (!out.empty()) out += '\n';
  return out;
}

belay::Engine lexical_engine(Engine engine) {
  switch (engine) {
    case Engine::kSqlite: return belay::Engine::kSqlite;
    case Engine::kPostgres: return belay::Engine::kPostgres;
    case Engine::kMysql: return belay::Engine::kMysql;
    case Engine::kMariadb: break;
  }
  return belay::Engine::kMariadb;
}

void add_text(Sha256& hash, std::string_view text) {
  const std::string normal = with_plain_line_ends(text);
  hash.add(std::to_string(normal.size()) + ":" + normal);
}

}  // namespace

std::string MigrationScript::checksum() const {
  if (up.is_program()) return sha256_hex("program " + version);
  return sha256_hex(without_trailing_space(with_plain_line_ends(without_mark(up.sql))));
}

std::string MigrationScript::sql_checksum(Engine engine) const {
  if (up.is_program()) return checksum();
  const std::string_view text = without_mark(up.sql);
  Splitter splitter(text, lexical_engine(engine));
  Sha256 hash;
  for (Segment segment; splitter.next(segment);) {
    if (segment.kind == SegmentKind::kStatement) {
      for (const Token& token : segment.tokens) add_text(hash, token.range.of(text));
    } else {
      add_text(hash, ascii::trim(segment.range.of(text)));
    }
    hash.add(";");
  }
  return hash.hex();
}

std::string first_form_checksum(const Script& script) {
  return sha256_hex(with_plain_line_ends(without_mark(script.sql)));
}

TextChange text_change(const LedgerEntry& entry, const MigrationScript& migration, Engine engine) {
  const bool same_text =
      entry.checksum == migration.checksum() || entry.checksum == first_form_checksum(migration.up);
  if (entry.sql_checksum.empty()) return same_text ? TextChange::kNone : TextChange::kStatements;
  // It decides: in the text's checksum a string may have lost white space at the end of a line.
  if (entry.sql_checksum != migration.sql_checksum(engine)) return TextChange::kStatements;
  return same_text ? TextChange::kNone : TextChange::kComments;
}

}  // namespace belay::runtime

#include "workbench/scripts.h"

#include <string>
#include <string_view>

#include "runtime/checksums.h"

namespace belay::workbench {

runtime::Script runtime_script(const project::Script& location, const Document& document) {
  const std::string_view text =
      location.unwrapped != nullptr ? std::string_view(*location.unwrapped) : document.text();
  // The runtime wants the text from the start of a line.
  const uint32_t line = document.lines().line_of(location.range.begin);
  const uint32_t begin = document.lines().line_range(document.text(), line).begin;
  runtime::Script out;
  out.sql = std::string(text.substr(begin, location.range.end - begin));
  // What stands before the script on that line is no part of it.
  for (uint32_t i = begin; i < location.range.begin; ++i) out.sql[i - begin] = ' ';
  out.path = location.path;
  out.offset = begin;
  out.line = line + 1;
  return out;
}

std::string version_of(const project::Migration& migration) {
  return migration.version.empty() ? migration.id : migration.version;
}

bool wants_transaction(const project::Script& script) {
  return script.transaction_directive.empty() ||
         script.transaction != project::TransactionHabit::kNone;
}

bool has_other_statements(const runtime::LedgerEntry& applied, const project::Migration& migration,
                          const Document& document, Engine engine) {
  if (!migration.up || migration.up->sources != nullptr || applied.checksum.empty()) return false;
  runtime::MigrationScript script;
  script.version = version_of(migration);
  script.up = runtime_script(*migration.up, document);
  const runtime::Engine own =
      engine == Engine::kSqlite ? runtime::Engine::kSqlite : runtime::Engine::kPostgres;
  return runtime::text_change(applied, script, own) == runtime::TextChange::kStatements;
}

}  // namespace belay::workbench

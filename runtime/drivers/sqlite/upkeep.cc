// What `plan` and `check` ask of a SQLite database.
#include <string>

#include "analyzer/text/lexer.h"
#include "runtime/drivers/sqlite/driver.h"
#include "runtime/drivers/sqlite/inspect.h"
#include "support/ascii.h"

namespace belay::runtime::sqlite {
namespace {

/// Not every SQLite is built with it.
Result<bool> has_dbstat(Connection& connection) {
  Result<Rows> rows =
      connection.query("SELECT count(*) FROM pragma_module_list WHERE name = 'dbstat'");
  if (!rows) return std::move(rows).error();
  return rows->number() > 0;
}

/// The words of `PRAGMA name = value`, in lower case, without what only separates them.
std::vector<std::string> pragma_words(const Script& script, const PlannedStatement& statement) {
  std::vector<std::string> out;
  const std::string_view text = std::string_view(script.sql).substr(0, statement.end);
  Lexer lexer(text, belay::Engine::kSqlite, statement.begin);
  for (Token token = lexer.next(); !lexer.at_end(token); token = lexer.next()) {
    if (token.is(TokenKind::kWord) || token.is(TokenKind::kNumber)) {
      out.push_back(ascii::lower(token.range.of(text)));
    }
  }
  return out;
}

bool is_on(const std::string& value) {
  return value == "on" || value == "1" || value == "yes" || value == "true";
}

}  // namespace

Result<TableSizes> SqliteDriver::table_sizes(Connection& connection) const {
  Result<TableSizes> sizes = Driver::table_sizes(connection);
  if (!sizes) return sizes;
  Result<bool> told = has_dbstat(connection);
  if (!told) return std::move(told).error();
  if (!*told) return sizes;
  Result<Rows> rows = connection.query(
      "SELECT s.tbl_name, sum(d.pgsize) FROM dbstat('main', 1) AS d "
      "JOIN main.sqlite_schema AS s ON s.name = d.name GROUP BY s.tbl_name");
  if (!rows) return std::move(rows).error();
  for (size_t i = 0; i < rows->rows.size(); ++i) {
    const auto table = sizes->find(rows->text(i, 0));
    if (table != sizes->end()) table->second.bytes = static_cast<uint64_t>(rows->number(i, 1));
  }
  return sizes;
}

Result<std::optional<uint64_t>> SqliteDriver::database_bytes(Connection& connection) const {
  Result<Rows> rows =
      connection.query("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
  if (!rows) return std::move(rows).error();
  return std::optional<uint64_t>(static_cast<uint64_t>(rows->number()));
}

Result<void> SqliteDriver::clear(const Admit& admit) const {
  Result<std::unique_ptr<Connection>> opened = connect(Purpose::kSession, /*create=*/false);
  if (!opened) return std::move(opened).error();
  SqliteConnection& database = as_sqlite(**opened);
  BELAY_TRY(database.execute("PRAGMA foreign_keys=OFF"));
  BELAY_TRY(database.begin());
  Result<ChangeMark> mark = this->mark(database);
  if (!mark) return std::move(mark).error();
  BELAY_TRY(admit(database, *mark));
  Result<std::vector<Object>> objects = read_objects(database);
  if (!objects) return std::move(objects).error();
  for (const Object& object : *objects) BELAY_TRY(drop_object(database, object));
  // Numbers that applications keep there tell how far their migrations are.
  BELAY_TRY(database.execute("PRAGMA user_version=0"));
  return database.commit();
}

Result<Integrity> SqliteDriver::integrity(Connection& connection) const {
  Result<Rows> rows = connection.query("PRAGMA main.integrity_check(100)");
  if (!rows) return std::move(rows).error();
  Integrity out;
  out.checked = true;
  for (size_t i = 0; i < rows->rows.size(); ++i) {
    if (std::string line = rows->text(i); line != "ok") out.problems.push_back(std::move(line));
  }
  return out;
}

Result<bool> SqliteDriver::is_in_force(Connection& connection, const Script& script,
                                       const PlannedStatement& statement) const {
  const std::vector<std::string> words = pragma_words(script, statement);
  if (words.size() < 3 || words[0] != "pragma") return false;
  // How safely and where SQLite writes changes nothing of what it writes.
  if (words[words.size() - 2] != "foreign_keys") return true;
  Result<Rows> now = connection.query("PRAGMA foreign_keys");
  if (!now) return std::move(now).error();
  return (now->number() != 0) == is_on(words.back());
}

}  // namespace belay::runtime::sqlite

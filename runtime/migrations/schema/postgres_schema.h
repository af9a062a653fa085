#pragma once

#include <string>
#include <string_view>

#include <belay/schema.h>

/// PostgreSQL's catalog as far as changes of tables need it, and these changes.
namespace belay::builder {

/// `to_regclass('...')` of a name that is written as SQL has it.
std::string regclass(std::string_view name);
/// `app.` of `app.users`, quoted where it has to be; empty of `users`.
std::string schema_of(std::string_view table);
/// Throws in a transaction: something is to be done concurrently.
void refuse_in_transaction(Database& db);

void alter_postgres_table(Database& db, const TableChange& change);
/// `COMMENT ON` the table and its columns, as far as they have one.
void comment_on_postgres(Database& db, const Table& table);

}  // namespace belay::builder

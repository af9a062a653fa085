#pragma once

#include <memory>
#include <string>

#include <belay/connection.h>
#include <belay/session.h>

namespace belay::testing {

/// The server that a test program has for itself, started at first use.
/// `${BELAY_TEST_PG_BIN}` names another installation than the newest one.
runtime::DatabaseUrl postgres_url(const std::string& database);
/// Another one from now on, by the directory of its socket: all that follows is about it.
void use_postgres_at(const std::string& socket);

/// A connection without Belay's settings. Fails the test where there is none.
std::unique_ptr<runtime::Connection> connect_postgres(const std::string& database);
void run_postgres(const std::string& database, const std::string& sql);
/// The first value of the first row, as text.
std::string query_postgres(const std::string& database, const std::string& sql);

/// All that a database holds, as text: tables with owners, privileges, comments, columns with
/// defaults and statistics targets, constraints, indexes, triggers, views, functions, types,
/// sequences with their values, and every row. Belay's own tables are left out unless asked for.
std::string dump_postgres(const std::string& database, bool with_ledger = false);
/// Which databases there are besides the server's own, a line each.
std::string databases_on_server();

/// A small shop that Belay did not make, in a new database of that name.
void make_postgres_shop(const std::string& database);
void drop_postgres(const std::string& database);

/// `postgresql://...`, with the socket's directory as an option.
std::string url_text(const std::string& database);

}  // namespace belay::testing

// What sqlite3.h and libpq-fe.h declare, as far as the tests call it.
#pragma once
extern "C" {
struct sqlite3;
struct sqlite3_stmt;
int sqlite3_exec(sqlite3*, const char* sql, int (*)(void*, int, char**, char**), void*, char**);
int sqlite3_prepare_v2(sqlite3*, const char* sql, int bytes, sqlite3_stmt**, const char** tail);
int sqlite3_prepare_v3(sqlite3*, const char* sql, int bytes, unsigned, sqlite3_stmt**,
                       const char** tail);
int sqlite3_get_table(sqlite3*, const char* sql, char***, int*, int*, char**);
char* sqlite3_mprintf(const char*, ...);
char* sqlite3_snprintf(int, char*, const char*, ...);

struct PGconn;
struct PGresult;
using Oid = unsigned;
PGresult* PQexec(PGconn*, const char* query);
PGresult* PQexecParams(PGconn*, const char* command, int count, const Oid* types,
                       const char* const* values, const int* lengths, const int* formats, int);
PGresult* PQprepare(PGconn*, const char* name, const char* query, int count, const Oid* types);
int PQsendQuery(PGconn*, const char* query);
char* PQescapeLiteral(PGconn*, const char*, unsigned long);
unsigned long PQescapeStringConn(PGconn*, char* to, const char* from, unsigned long, int*);

int snprintf(char*, unsigned long, const char*, ...);
char* strcpy(char*, const char*);
char* strcat(char*, const char*);
}

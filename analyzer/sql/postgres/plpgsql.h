#pragma once

#include <string>
#include <vector>

#include "analyzer/sql/postgres/fragment.h"
#include "analyzer/sql/routine_body.h"

namespace belay::sql::postgres {

/// Reads a body in PL/pgSQL into `body.steps`. `arguments` are the names that the function's
/// arguments give. Never fails; what cannot be read stands in `problems` and `unknown`.
void parse_plpgsql(const Code& code, const std::vector<std::string>& arguments, RoutineBody& body);

/// Reads a body in SQL: statements, or the inside of BEGIN ATOMIC ... END, or RETURN expression.
void parse_sql_body(const Code& code, RoutineBody& body);

/// Reads one fragment into a step: its operations, calls and reads.
void add_fragment(const Code& code, const Fragment& fragment, RoutineBody& body, Step& step,
                  const TreeVisitor& visit = nullptr);

/// Reads the statements of a text into a step.
void add_statements(const Code& code, RoutineBody& body, Step& step);

/// Where the statement that begins at a token ends: its semicolon, or the end of the code.
size_t statement_end(const Code& code, size_t first);

}  // namespace belay::sql::postgres

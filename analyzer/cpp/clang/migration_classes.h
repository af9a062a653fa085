#pragma once

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>

#include <span>
#include <vector>

#include "analyzer/cpp/clang/functions.h"
#include "analyzer/cpp/clang/interpreter.h"
#include "analyzer/cpp/clang/sources.h"
#include "analyzer/cpp/reading.h"

namespace belay::cpp {

/// The SQL of a root of the reading on each engine that was asked for.
using SqlOnEngines = std::vector<std::vector<FoundSql>>;

/// A migration as it is read, with its SQL as it was found.
struct FoundMigration {
  MigrationReading reading;
  SqlOnEngines up;
  SqlOnEngines down;
};

/// Whether a class is a migration, or a base for some, by one of the shapes; nullptr where not.
const ClassShape* shape_of(const clang::CXXRecordDecl* record,
                           const std::vector<ClassShape>& shapes);

/// The migrations among what a file declares at its top.
std::vector<FoundMigration> read_migrations(const Request& request,
                                            std::span<clang::Decl* const> declarations,
                                            Sources& sources, SqlFunctions& functions);

}  // namespace belay::cpp

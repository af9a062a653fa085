#include "analyzer/cpp/clang/read_source.h"

#include <clang/Frontend/ASTUnit.h>
#include <clang/Frontend/CompilerInstance.h>

#include <utility>

#include "analyzer/cpp/clang/migration_classes.h"
#include "analyzer/cpp/clang/outside.h"
#include "analyzer/cpp/clang/sources.h"

namespace belay::cpp {
namespace {

/// The part of a compiler that is needed: what a source says, and not what it would be made into.
std::unique_ptr<clang::ASTUnit> parse(const Request& request) {
  const bool is_c = request.path.ends_with(".c");
  std::vector<std::string> words = {is_c ? "clang" : "clang++"};
  words.insert(words.end(), request.arguments.begin(), request.arguments.end());
  if (request.arguments.empty() && !is_c) words.emplace_back("-std=c++20");
  if (!request.directory.empty()) words.push_back("-working-directory=" + request.directory);
  words.insert(words.end(), {"-fsyntax-only", "-w", request.path});
  std::vector<const char*> pointers;
  for (const std::string& word : words) pointers.push_back(word.c_str());
  // A header that is not there would else end the reading.
  auto diagnostics = clang::CompilerInstance::createDiagnostics(new clang::DiagnosticOptions);
  diagnostics->setFatalsAsError(true);
  std::vector<clang::ASTUnit::RemappedFile> edited;
  if (request.text) {
    edited.emplace_back(
        request.path, llvm::MemoryBuffer::getMemBufferCopy(*request.text, request.path).release());
  }
  return clang::ASTUnit::LoadFromCommandLine(
      pointers.data(), pointers.data() + pointers.size(),
      std::make_shared<clang::PCHContainerOperations>(), diagnostics, BELAY_CLANG_RESOURCES,
      /*StorePreamblesInMemory=*/false, /*PreambleStoragePath=*/"", /*OnlyLocalDecls=*/false,
      clang::CaptureDiagsKind::All, edited);
}

void note_errors(const clang::ASTUnit& unit, Reading& out) {
  constexpr size_t kMost = 5;
  for (auto i = unit.stored_diag_begin(); i != unit.stored_diag_end(); ++i) {
    if (i->getLevel() < clang::DiagnosticsEngine::Error || out.errors.size() == kMost) continue;
    out.errors.push_back(i->getMessage().str());
  }
}

/// As the reading tells them.
std::vector<MethodSql> method_sql(const std::vector<Engine>& engines, SqlOnEngines found) {
  std::vector<MethodSql> out;
  for (size_t i = 0; i < found.size(); ++i) {
    MethodSql& method = out.emplace_back();
    method.engine = engines[i];
    for (FoundSql& one : found[i]) method.texts.push_back(std::move(one.sql));
  }
  return out;
}

}  // namespace

Reading read_source(const Request& request) {
  Reading out;
  const std::unique_ptr<clang::ASTUnit> unit = parse(request);
  if (unit == nullptr) {
    out.errors.emplace_back("the compiler does not take these arguments");
    return out;
  }
  note_errors(*unit, out);
  Sources sources(unit->getASTContext());
  // The file that was asked for is the first.
  const clang::SourceManager& manager = sources.manager();
  (void)sources.place(clang::SourceRange(manager.getLocForStartOfFile(manager.getMainFileID())));
  SqlFunctions functions(request.functions, manager);
  std::vector<FoundMigration> migrations = read_migrations(request, sources, functions);
  if (request.outside_migrations) {
    out.functions = read_functions(request, sources, functions, migrations);
  }
  for (FoundMigration& migration : migrations) {
    MigrationReading& reading = out.migrations.emplace_back(std::move(migration.reading));
    reading.up = method_sql(request.engines, std::move(migration.up));
    reading.down = method_sql(request.engines, std::move(migration.down));
  }
  out.files = sources.files;
  return out;
}

}  // namespace belay::cpp

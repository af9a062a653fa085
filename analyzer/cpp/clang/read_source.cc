#include "analyzer/cpp/clang/read_source.h"

#include <clang/AST/RecursiveASTVisitor.h>
#include <clang/Frontend/ASTUnit.h>
#include <clang/Frontend/CompilerInstance.h>

#include <set>
#include <utility>

#include "analyzer/cpp/clang/interpreter.h"

namespace belay::cpp {
namespace {

bool derives_from(const clang::CXXRecordDecl* record, std::string_view name) {
  if (record == nullptr || !record->hasDefinition()) return false;
  for (const clang::CXXBaseSpecifier& base : record->bases()) {
    const clang::CXXRecordDecl* of = base.getType()->getAsCXXRecordDecl();
    if (of == nullptr) continue;
    if (of->getQualifiedNameAsString() == name || derives_from(of, name)) return true;
  }
  return false;
}

/// The method with a body that a call on the class runs; nullptr where none is to be seen.
const clang::CXXMethodDecl* method_of(const clang::CXXRecordDecl* record, llvm::StringRef name) {
  for (const clang::CXXMethodDecl* method : record->methods()) {
    if (!method->getIdentifier() || method->getName() != name) continue;
    const clang::FunctionDecl* body = nullptr;
    if (method->hasBody(body)) return llvm::cast<clang::CXXMethodDecl>(body);
  }
  for (const clang::CXXBaseSpecifier& base : record->bases()) {
    const clang::CXXRecordDecl* of = base.getType()->getAsCXXRecordDecl();
    if (of == nullptr || !of->hasDefinition()) continue;
    if (const clang::CXXMethodDecl* found = method_of(of, name)) return found;
  }
  return nullptr;
}

/// The migrations of the file itself; what it includes is another one's.
class Classes : public clang::RecursiveASTVisitor<Classes> {
 public:
  explicit Classes(const Sources& sources) : sources_(sources) {}

  bool VisitCXXRecordDecl(clang::CXXRecordDecl* record) {  // NOLINT(*-naming): Clang's name
    if (record->isThisDeclarationADefinition() && !record->isAbstract() &&
        sources_.is_in_main_file(record->getLocation()) &&
        derives_from(record, "belay::Migration")) {
      found.push_back(record);
    }
    return true;
  }

  std::vector<const clang::CXXRecordDecl*> found;

 private:
  const Sources& sources_;
};

/// The classes that an expression makes by std::make_unique.
class Names : public clang::RecursiveASTVisitor<Names> {
 public:
  bool VisitCallExpr(clang::CallExpr* call) {  // NOLINT(*-naming): Clang's name
    const clang::FunctionDecl* callee = call->getDirectCallee();
    const auto* arguments = callee == nullptr ? nullptr : callee->getTemplateSpecializationArgs();
    if (arguments == nullptr || arguments->size() == 0 ||
        callee->getNameAsString() != "make_unique" ||
        arguments->get(0).getKind() != clang::TemplateArgument::Type) {
      return true;
    }
    if (const auto* record = arguments->get(0).getAsType()->getAsCXXRecordDecl()) {
      made.insert(record->getQualifiedNameAsString());
    }
    return true;
  }

  std::set<std::string> made;
};

/// The part of a compiler that a migration needs: what it says, and not what it would make of it.
std::unique_ptr<clang::ASTUnit> parse(const Request& request) {
  std::vector<std::string> words = {"clang++"};
  words.insert(words.end(), request.arguments.begin(), request.arguments.end());
  if (request.arguments.empty()) words.emplace_back("-std=c++20");
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

/// The classes of which it was said `BELAY_MIGRATION(Class)`.
std::set<std::string> registered_in(const clang::ASTContext& context) {
  std::set<std::string> out;
  std::vector<const clang::DeclContext*> ways = {context.getTranslationUnitDecl()};
  while (!ways.empty()) {
    const clang::DeclContext* way = ways.back();
    ways.pop_back();
    for (const clang::Decl* declaration : way->decls()) {
      if (const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(declaration)) {
        if (!context.getSourceManager().isInSystemHeader(space->getLocation()))
          ways.push_back(space);
      }
      const auto* variable = llvm::dyn_cast<clang::VarDecl>(declaration);
      if (variable == nullptr || !variable->getName().starts_with("belay_registered_")) continue;
      Names names;
      names.TraverseStmt(const_cast<clang::Expr*>(variable->getInit()));
      out.insert(names.made.begin(), names.made.end());
    }
  }
  return out;
}

class Reader {
 public:
  Reader(const Request& request, Sources& sources) : request_(request), sources_(sources) {}

  MigrationReading read(const clang::CXXRecordDecl* record) {
    MigrationReading out;
    MigrationClass& migration = out.migration;
    migration.name = record->getQualifiedNameAsString();
    migration.place = sources_.place(clang::SourceRange(record->getLocation()));
    migration.declares_reversible = derives_from(record, "belay::SafelyReversible");
    migration.version = declared(record, "version");
    migration.description = declared(record, "description");
    read_dependencies(record, migration);
    out.up = read(record, "up", migration.up);
    out.down = read(record, "down", migration.down);
    migration.has_down = !out.down.empty();
    return out;
  }

 private:
  std::optional<Declared> as_declared(const Value& value) {
    const TextValue* text = value.text();
    if (text == nullptr || !text->holes.empty()) return std::nullopt;
    return Declared{text->bytes, text->places.empty() ? Place{} : text->places.front()};
  }

  Value returned(const clang::CXXMethodDecl* method) {
    return Interpreter(sources_, request_.functions, Engine::kSqlite).returned_by(method);
  }

  std::optional<Declared> declared(const clang::CXXRecordDecl* record, const char* name) {
    const clang::CXXMethodDecl* method = method_of(record, name);
    return method == nullptr ? std::nullopt : as_declared(returned(method));
  }

  void read_dependencies(const clang::CXXRecordDecl* record, MigrationClass& migration) {
    const clang::CXXMethodDecl* method = method_of(record, "dependencies");
    if (method == nullptr) return;
    const Value value = returned(method);
    if (value.list() == nullptr) return;
    for (const Value& one : *value.list()) {
      if (auto known = as_declared(one)) migration.dependencies.push_back(*std::move(known));
    }
  }

  std::vector<MethodSql> read(const clang::CXXRecordDecl* record, const char* name, Place& place) {
    std::vector<MethodSql> out;
    const clang::CXXMethodDecl* method = method_of(record, name);
    if (method == nullptr) return out;
    place = sources_.place(clang::SourceRange(method->getLocation()));
    for (const Engine engine : request_.engines) {
      out.push_back({engine, Interpreter(sources_, request_.functions, engine).run(method)});
    }
    return out;
  }

  const Request& request_;
  Sources& sources_;
};

}  // namespace

std::vector<SqlFunction> own_functions() {
  std::vector<SqlFunction> out;
  for (const char* name : {"execute", "query", "run", "fetch"}) {
    out.push_back({std::string("belay::Database::") + name, 0, std::nullopt});
  }
  return out;
}

std::vector<ClassShape> own_shapes() { return {{"belay::Migration", {"up"}, {"down"}}}; }

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
  Classes classes(sources);
  classes.TraverseDecl(sources.context().getTranslationUnitDecl());
  const std::set<std::string> registered = registered_in(sources.context());
  Reader reader(request, sources);
  for (const clang::CXXRecordDecl* record : classes.found) {
    MigrationReading& reading = out.migrations.emplace_back(reader.read(record));
    reading.migration.registered = registered.contains(reading.migration.name);
  }
  out.files = sources.files;
  return out;
}

}  // namespace belay::cpp

#include "analyzer/cpp/clang/read_source.h"

#include <clang/AST/RecursiveASTVisitor.h>

#include <set>
#include <utility>

#include "analyzer/cpp/clang/interpreter.h"
#include "analyzer/cpp/clang/unit.h"

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

/// The classes of which the source says `BELAY_MIGRATION(Class)`.
void add_registered(const clang::Decl* declaration, std::set<std::string>& out) {
  if (const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(declaration)) {
    for (const clang::Decl* inner : space->decls()) add_registered(inner, out);
  }
  const auto* variable = llvm::dyn_cast<clang::VarDecl>(declaration);
  if (variable == nullptr || !variable->getName().starts_with("belay_registered_")) return;
  Names names;
  names.TraverseStmt(const_cast<clang::Expr*>(variable->getInit()));
  out.insert(names.made.begin(), names.made.end());
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

namespace {

Reading reading_of(Unit& unit, const Request& request) {
  Reading out;
  out.errors = unit.errors();
  Sources sources(unit.context());
  // The file that was asked for is the first.
  const clang::SourceManager& manager = sources.manager();
  (void)sources.place(clang::SourceRange(manager.getLocForStartOfFile(manager.getMainFileID())));
  Classes classes(sources);
  std::set<std::string> registered;
  for (clang::Decl* declaration : unit.declarations()) {
    classes.TraverseDecl(declaration);
    add_registered(declaration, registered);
  }
  Reader reader(request, sources);
  for (const clang::CXXRecordDecl* record : classes.found) {
    MigrationReading& reading = out.migrations.emplace_back(reader.read(record));
    reading.migration.registered = registered.contains(reading.migration.name);
  }
  out.files = sources.files;
  return out;
}

Reading not_understood(const Request& request) {
  Reading out;
  out.files.push_back(request.path);
  out.errors.emplace_back("the compiler does not take these arguments");
  return out;
}

}  // namespace

Reading read_source(const Request& request) {
  const std::unique_ptr<Unit> unit = Unit::parse(request, false);
  return unit == nullptr ? not_understood(request) : reading_of(*unit, request);
}

struct KeptSource::State {
  Request last;
  std::unique_ptr<Unit> unit;
  bool is_prepared = false;
};

KeptSource::KeptSource() : state_(std::make_unique<State>()) {}
KeptSource::~KeptSource() = default;

Reading KeptSource::read(const Request& request) {
  State& state = *state_;
  const bool same = state.unit != nullptr && state.last.path == request.path &&
                    state.last.arguments == request.arguments &&
                    state.last.directory == request.directory;
  state.last = request;
  state.is_prepared = same && state.unit->parse_again(request);
  if (!state.is_prepared) state.unit = Unit::parse(request, true);
  return state.unit == nullptr ? not_understood(request) : reading_of(*state.unit, request);
}

void KeptSource::prepare() {
  State& state = *state_;
  if (state.unit == nullptr || state.is_prepared) return;
  state.is_prepared = state.unit->parse_again(state.last);
  if (!state.is_prepared) state.unit.reset();
}

}  // namespace belay::cpp

#include "analyzer/cpp/clang/migration_classes.h"

#include <clang/AST/RecursiveASTVisitor.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "analyzer/cpp/clang/names.h"

namespace belay::cpp {
namespace {

using clang::dyn_cast;

constexpr std::string_view kOwnBase = "belay::Migration";

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
    if (const clang::CXXMethodDecl* found = method_of(of->getDefinition(), name)) return found;
  }
  return nullptr;
}

/// Whether it is a method of a class of Belay's own.
bool is_belays(const clang::CXXMethodDecl* method) {
  const std::string name = method->getParent()->getQualifiedNameAsString();
  return name == kOwnBase || name == "belay::DataMigration";
}

/// The first of the names that is a method's.
const clang::CXXMethodDecl* method_of(const clang::CXXRecordDecl* record,
                                      const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (const clang::CXXMethodDecl* found = method_of(record, name)) return found;
  }
  return nullptr;
}

/// It does nothing, and stands in the class that all migrations of its kind derive from: those that
/// have it from there have none.
bool is_placeholder(const clang::CXXMethodDecl* method, const ClassShape& shape) {
  const auto* body = llvm::dyn_cast_or_null<clang::CompoundStmt>(method->getBody());
  return body != nullptr && body->body_empty() &&
         method->getParent()->getQualifiedNameAsString() == shape.base;
}

class Classes : public clang::RecursiveASTVisitor<Classes> {
 public:
  Classes(const Sources& sources, const std::vector<ClassShape>& shapes)
      : sources_(sources), shapes_(shapes) {}

  bool VisitCXXRecordDecl(clang::CXXRecordDecl* record) {  // NOLINT(*-naming): Clang's name
    if (record->isThisDeclarationADefinition() && !record->isAbstract() &&
        sources_.is_in_main_file(record->getLocation()) && shape_of(record, shapes_) != nullptr) {
      found.push_back(record);
    }
    return true;
  }

  std::vector<const clang::CXXRecordDecl*> found;

 private:
  const Sources& sources_;
  const std::vector<ClassShape>& shapes_;
};

/// The classes that an expression makes by std::make_unique.
class MadeClasses : public clang::RecursiveASTVisitor<MadeClasses> {
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
      made.insert(record->getCanonicalDecl());
    }
    return true;
  }

  std::set<const clang::Decl*> made;
};

/// Adds the classes of which a declaration says `BELAY_MIGRATION(Class)`.
void add_registered(const clang::Decl* declaration, std::set<const clang::Decl*>& out) {
  if (const auto* space = dyn_cast<clang::NamespaceDecl>(declaration)) {
    for (const clang::Decl* inner : space->decls()) add_registered(inner, out);
  }
  const auto* variable = dyn_cast<clang::VarDecl>(declaration);
  if (variable == nullptr || !variable->getDeclName().isIdentifier() ||
      !variable->getName().starts_with("belay_registered_") || !variable->hasInit()) {
    return;
  }
  MadeClasses classes;
  classes.TraverseStmt(const_cast<clang::Expr*>(variable->getInit()));
  out.insert(classes.made.begin(), classes.made.end());
}

bool is_digit_of_name(char c) { return c >= '0' && c <= '9'; }

/// The digits that begin at `begin`, with single separators between them.
std::string digits_at(std::string_view name, size_t begin) {
  size_t end = begin;
  while (end < name.size()) {
    const bool separator = (name[end] == '_' || name[end] == '-') && end + 1 < name.size() &&
                           end > begin && is_digit_of_name(name[end + 1]) &&
                           is_digit_of_name(name[end - 1]);
    if (!is_digit_of_name(name[end]) && !separator) break;
    ++end;
  }
  return std::string(name.substr(begin, end - begin));
}

/// The longest in the class' name, else those that begin the file's.
std::string version_in_names(std::string_view class_name, std::string_view path) {
  std::string longest;
  for (size_t i = 0; i < class_name.size();) {
    const std::string digits = digits_at(class_name, i);
    if (digits.size() > longest.size()) longest = digits;
    i += digits.size() + 1;
  }
  if (!longest.empty()) return longest;
  const size_t slash = path.rfind('/');
  return digits_at(slash == std::string_view::npos ? path : path.substr(slash + 1), 0);
}

std::optional<Declared> as_declared(const Value& value) {
  const TextValue* text = value.text();
  if (text == nullptr || !text->is_whole()) return std::nullopt;
  Place place = text->places.empty() ? Place{} : text->places.front();
  for (const Place& byte : text->places) {
    if (byte.file == place.file) place.range = place.range.joined(byte.range);
  }
  return Declared{text->bytes, place};
}

class MigrationReader {
 public:
  MigrationReader(const Request& request, Sources& sources, SqlFunctions& functions)
      : request_(request), sources_(sources), functions_(functions) {}

  FoundMigration read(const clang::CXXRecordDecl* record) {
    const ClassShape& shape = *shape_of(record, request_.shapes);
    FoundMigration out;
    MigrationClass& migration = out.reading.migration;
    migration.name = record->getQualifiedNameAsString();
    migration.place = sources_.place(clang::SourceRange(record->getLocation()));
    if (record->getNumBases() > 0) {
      migration.base =
          sources_.place(record->bases_begin()->getTypeSourceInfo()->getTypeLoc().getSourceRange());
    }
    migration.is_ours = derives_from(record, kOwnBase);
    migration.declares_reversible = derives_from(record, "belay::SafelyReversible");
    migration.batched = derives_from(record, "belay::DataMigration");
    migration.description = declared(record, "description");
    read_version(record, migration);
    read_dependencies(record, migration);
    read_backup(record, migration);
    // Each batch has a transaction of its own.
    if (migration.is_ours && !migration.batched) {
      migration.in_transaction = answer(record, "in_transaction");
    }
    std::vector<std::string> up = shape.up;
    if (migration.batched) up.emplace_back("process");
    if (const clang::CXXMethodDecl* method = method_of(record, up)) {
      migration.up = name_place(method);
      if (method->getLexicalParent() == record) {
        migration.up_definition = sources_.place(method->getSourceRange());
      }
      out.up = sql_of(method, nullptr);
    }
    const clang::CXXMethodDecl* down = method_of(record, shape.down);
    if (down != nullptr && !is_placeholder(down, shape)) {
      migration.down = name_place(down);
      migration.has_down = true;
      out.down = sql_of(down, &migration.down_throws);
    }
    return out;
  }

 private:
  Place name_place(const clang::CXXMethodDecl* method) {
    return sources_.place(clang::SourceRange(method->getLocation()));
  }

  Value returned(const clang::CXXMethodDecl* method) {
    return Interpreter(sources_, functions_, Engine::kSqlite).returned_by(method);
  }

  std::optional<bool> answer(const clang::CXXRecordDecl* record, const char* name) {
    const clang::CXXMethodDecl* method = method_of(record, name);
    const auto known = method == nullptr ? std::nullopt : returned(method).number();
    return known ? std::optional(*known != 0) : std::nullopt;
  }

  std::optional<Declared> declared(const clang::CXXRecordDecl* record, const char* name) {
    const clang::CXXMethodDecl* method = method_of(record, name);
    return method == nullptr ? std::nullopt : as_declared(returned(method));
  }

  /// Classes of other libraries have their version in a name where they do not declare it.
  void read_version(const clang::CXXRecordDecl* record, MigrationClass& migration) {
    if (const clang::CXXMethodDecl* method = method_of(record, "version")) {
      migration.version_method = name_place(method);
      const Value value = returned(method);
      migration.version = as_declared(value);
      if (const auto number = value.number()) {
        migration.version = Declared{std::to_string(*number), migration.version_method};
      }
      return;
    }
    if (derives_from(record, kOwnBase)) return;
    std::string digits = version_in_names(record->getNameAsString(), request_.path);
    if (!digits.empty()) migration.version = Declared{std::move(digits), migration.place};
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

  /// What Belay's own classes say by default is nothing that the author says.
  void read_backup(const clang::CXXRecordDecl* record, MigrationClass& migration) {
    const clang::CXXMethodDecl* method = method_of(record, "backup_required");
    if (method == nullptr || is_belays(method)) return;
    if (const auto known = returned(method).number()) {
      migration.backup_required = *known != 0;
      migration.backup_method = name_place(method);
    }
  }

  /// `thrown` gets what is thrown on every engine.
  SqlOnEngines sql_of(const clang::CXXMethodDecl* method, std::optional<Place>* thrown) {
    SqlOnEngines out;
    bool always = true;
    for (const Engine engine : request_.engines) {
      Interpreter interpreter(sources_, functions_, engine);
      out.push_back(interpreter.run(method));
      always = always && interpreter.thrown().has_value();
      if (thrown != nullptr && interpreter.thrown()) *thrown = interpreter.thrown();
    }
    if (thrown != nullptr && !always) thrown->reset();
    return out;
  }

  const Request& request_;
  Sources& sources_;
  SqlFunctions& functions_;
};

}  // namespace

const ClassShape* shape_of(const clang::CXXRecordDecl* record,
                           const std::vector<ClassShape>& shapes) {
  const auto found = std::find_if(shapes.begin(), shapes.end(), [&](const ClassShape& shape) {
    return derives_from(record, shape.base);
  });
  return found == shapes.end() ? nullptr : &*found;
}

std::vector<FoundMigration> read_migrations(const Request& request,
                                            std::span<clang::Decl* const> declarations,
                                            Sources& sources, SqlFunctions& functions) {
  Classes classes(sources, request.shapes);
  std::set<const clang::Decl*> registered;
  for (clang::Decl* declaration : declarations) {
    classes.TraverseDecl(declaration);
    add_registered(declaration, registered);
  }
  std::vector<FoundMigration> out;
  MigrationReader reader(request, sources, functions);
  for (const clang::CXXRecordDecl* record : classes.found) {
    out.push_back(reader.read(record));
    out.back().reading.migration.registered = registered.contains(record->getCanonicalDecl());
  }
  return out;
}

}  // namespace belay::cpp

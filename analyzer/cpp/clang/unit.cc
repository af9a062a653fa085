#include "analyzer/cpp/clang/unit.h"

#include <clang/Frontend/CompilerInstance.h>

#include <utility>

namespace belay::cpp {
namespace {

bool is_c(std::string_view path) { return path.ends_with(".c"); }

std::vector<std::string> command_of(const Request& request) {
  std::vector<std::string> out = {is_c(request.path) ? "clang" : "clang++"};
  out.insert(out.end(), request.arguments.begin(), request.arguments.end());
  if (request.arguments.empty() && !is_c(request.path)) out.emplace_back("-std=c++20");
  if (!request.directory.empty()) out.push_back("-working-directory=" + request.directory);
  out.insert(out.end(), {"-fsyntax-only", "-w", request.path});
  return out;
}

std::vector<clang::ASTUnit::RemappedFile> edited_files(const Request& request) {
  std::vector<clang::ASTUnit::RemappedFile> out;
  if (request.text) {
    out.emplace_back(request.path,
                     llvm::MemoryBuffer::getMemBufferCopy(*request.text, request.path).release());
  }
  return out;
}

}  // namespace

std::unique_ptr<Unit> Unit::parse(const Request& request, bool is_edited) {
  const std::vector<std::string> words = command_of(request);
  std::vector<const char*> pointers;
  for (const std::string& word : words) pointers.push_back(word.c_str());
  auto diagnostics = clang::CompilerInstance::createDiagnostics(new clang::DiagnosticOptions);
  diagnostics->setFatalsAsError(true);
  // The first reading is wanted at once; what is included is compiled for itself with the second.
  const unsigned parses_before_preamble = is_edited ? 2 : 0;
  std::unique_ptr<clang::ASTUnit> unit = clang::ASTUnit::LoadFromCommandLine(
      pointers.data(), pointers.data() + pointers.size(),
      std::make_shared<clang::PCHContainerOperations>(), diagnostics, BELAY_CLANG_RESOURCES,
      /*StorePreamblesInMemory=*/true, /*PreambleStoragePath=*/"", /*OnlyLocalDecls=*/false,
      clang::CaptureDiagsKind::All, edited_files(request), /*RemappedFilesKeepOriginalName=*/true,
      parses_before_preamble);
  if (unit == nullptr) return nullptr;
  return std::unique_ptr<Unit>(new Unit(std::move(unit)));
}

bool Unit::parse_again(const Request& request) {
  return !unit_->Reparse(std::make_shared<clang::PCHContainerOperations>(), edited_files(request));
}

std::vector<clang::Decl*> Unit::declarations() {
  std::vector<clang::Decl*> out;
  const clang::SourceManager& manager = unit_->getSourceManager();
  // Without loading what is precompiled.
  for (clang::Decl* declaration : context().getTranslationUnitDecl()->noload_decls()) {
    if (manager.isInMainFile(manager.getExpansionLoc(declaration->getLocation()))) {
      out.push_back(declaration);
    }
  }
  return out;
}

std::vector<std::string> Unit::errors() const {
  constexpr size_t kMost = 5;
  std::vector<std::string> out;
  for (auto i = unit_->stored_diag_begin(); i != unit_->stored_diag_end(); ++i) {
    if (i->getLevel() < clang::DiagnosticsEngine::Error || out.size() == kMost) continue;
    out.push_back(i->getMessage().str());
  }
  return out;
}

}  // namespace belay::cpp

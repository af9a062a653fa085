#include "analyzer/cpp/clang/sources.h"

#include <clang/AST/RecursiveASTVisitor.h>
#include <clang/Lex/Lexer.h>
#include <llvm/Support/ConvertUTF.h>

#include <string_view>
#include <utility>

#include "analyzer/cpp/literal.h"

namespace belay::cpp {
namespace {

using clang::dyn_cast;

/// Variables that are assigned to, counted up or down, or of which the address is taken.
class Changes : public clang::RecursiveASTVisitor<Changes> {
 public:
  bool VisitBinaryOperator(clang::BinaryOperator* operation) {  // NOLINT(*-naming): Clang's name
    if (operation->isAssignmentOp()) note(operation->getLHS());
    return true;
  }
  bool VisitUnaryOperator(clang::UnaryOperator* operation) {  // NOLINT(*-naming): Clang's name
    if (operation->isIncrementDecrementOp() || operation->getOpcode() == clang::UO_AddrOf) {
      note(operation->getSubExpr());
    }
    return true;
  }

  std::set<const clang::Decl*> changed;

 private:
  void note(const clang::Expr* target) {
    target = target->IgnoreParenImpCasts();
    while (const auto* element = dyn_cast<clang::ArraySubscriptExpr>(target)) {
      target = element->getBase()->IgnoreParenImpCasts();
    }
    if (const auto* use = dyn_cast<clang::DeclRefExpr>(target)) {
      changed.insert(use->getDecl()->getCanonicalDecl());
    }
  }
};

/// `u"..."` is read as `"..."`: here both are UTF-8.
uint32_t width_of_utf16_prefix(std::string_view literal) {
  const bool has_one = literal.starts_with("u\"") || literal.starts_with("uR\"");
  return has_one ? 1 : 0;
}

std::string utf8_of(const clang::StringLiteral* literal) {
  if (literal->getCharByteWidth() == 1) return literal->getString().str();
  if (literal->getCharByteWidth() != 2) return {};
  std::string out;
  const llvm::StringRef bytes = literal->getBytes();
  (void)llvm::convertUTF16ToUTF8String(llvm::ArrayRef<char>(bytes.data(), bytes.size()), out);
  return out;
}

}  // namespace

uint32_t Sources::index_of(clang::FileID file) {
  const auto [place, is_new] = indexes_.emplace(file, static_cast<uint32_t>(files.size()));
  if (is_new) {
    const auto entry = manager().getFileEntryRefForID(file);
    std::string name = entry ? entry->getFileEntry().tryGetRealPathName().str() : std::string();
    if (name.empty() && entry) name = entry->getName().str();
    files.push_back(std::move(name));
  }
  return place->second;
}

Place Sources::place(clang::SourceRange range) {
  const clang::SourceManager& sm = manager();
  const clang::SourceLocation begin = sm.getExpansionLoc(range.getBegin());
  const clang::SourceLocation last = sm.getExpansionRange(range.getEnd()).getEnd();
  const clang::SourceLocation end =
      clang::Lexer::getLocForEndOfToken(last, 0, sm, context_.getLangOpts());
  const auto [file, from] = sm.getDecomposedLoc(begin);
  const auto [other, to] = sm.getDecomposedLoc(end.isValid() ? end : last);
  if (file.isInvalid()) return {};
  return {index_of(file), {from, other == file ? std::max(from, to) : from}};
}

TextValue Sources::text(const clang::StringLiteral* literal) {
  TextValue out;
  const clang::SourceManager& sm = manager();
  for (unsigned i = 0; i < literal->getNumConcatenated(); ++i) {
    const clang::SourceLocation at = literal->getStrTokenLoc(i);
    // An argument of a macro is written where it is used; a macro's own text is not.
    const clang::SourceLocation spelled = sm.getSpellingLoc(at);
    const bool as_written = at.isFileID() || sm.isMacroArgExpansion(at);
    const auto [file, offset] = sm.getDecomposedLoc(spelled);
    const std::string_view source = sm.getBufferData(file);
    const std::optional<Literal> read =
        read_literal(source, offset + width_of_utf16_prefix(source.substr(offset)));
    if (!read) {
      out.bytes.clear();
      break;
    }
    if (!as_written) {
      out.append(read->bytes, place(clang::SourceRange(at)));
      continue;
    }
    const uint32_t index = index_of(file);
    out.bytes += read->bytes;
    for (const ByteRange& range : read->places) out.places.push_back({index, range});
  }
  const std::string value = utf8_of(literal);
  if (out.bytes == value) return out;
  out.bytes = value;
  out.places.assign(value.size(), place(literal));
  return out;
}

bool Sources::is_in_main_file(clang::SourceLocation location) const {
  return manager().isInMainFile(manager().getExpansionLoc(location));
}

bool Sources::is_changed(const clang::VarDecl* variable) const {
  if (!changed_) {
    Changes changes;
    changes.TraverseDecl(context_.getTranslationUnitDecl());
    changed_ = std::move(changes.changed);
  }
  return changed_->contains(variable->getCanonicalDecl());
}

}  // namespace belay::cpp

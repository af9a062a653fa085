#include "analyzer/cpp/clang/sources.h"

#include <clang/Lex/Lexer.h>

#include "analyzer/cpp/literal.h"

namespace belay::cpp {

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
    const std::optional<Literal> read =
        as_written ? read_literal(sm.getBufferData(file), offset) : std::nullopt;
    if (!read) {
      out.bytes.clear();
      break;
    }
    const uint32_t index = index_of(file);
    out.bytes += read->bytes;
    for (const ByteRange& range : read->places) out.places.push_back({index, range});
  }
  const std::string value = literal->getCharByteWidth() == 1 ? literal->getString().str() : "";
  if (out.bytes == value) return out;
  out.bytes = value;
  out.places.assign(value.size(), place(literal));
  return out;
}

bool Sources::is_in_main_file(clang::SourceLocation location) const {
  return manager().isInMainFile(manager().getExpansionLoc(location));
}

}  // namespace belay::cpp

#pragma once

#include <clang/Frontend/ASTUnit.h>

#include <memory>
#include <string>
#include <vector>

#include "analyzer/cpp/reading.h"

namespace belay::cpp {

/// A source as Clang has understood it. The part of a compiler that a migration needs: what it
/// says, and not what it would make of it. A header that is not there does not end the reading.
class Unit {
 public:
  /// `is_edited`: more readings of the source will follow, with other texts. Null where the
  /// compiler does not take the arguments.
  static std::unique_ptr<Unit> parse(const Request& request, bool is_edited);

  /// Reads another text of the same source. False where that is not possible any more.
  bool parse_again(const Request& request);

  clang::ASTContext& context() { return unit_->getASTContext(); }
  /// What the file itself declares at its top, in order; what it includes is not looked at.
  std::vector<clang::Decl*> declarations();
  /// What the compiler says against the source, the first few.
  std::vector<std::string> errors() const;

 private:
  explicit Unit(std::unique_ptr<clang::ASTUnit> unit) : unit_(std::move(unit)) {}

  std::unique_ptr<clang::ASTUnit> unit_;
};

}  // namespace belay::cpp

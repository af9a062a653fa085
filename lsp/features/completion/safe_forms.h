#pragma once

#include "lsp/features/completion/expectation.h"
#include "lsp/features/completion/item_list.h"
#include "lsp/features/completion/sql_place.h"

namespace belay::lsp {

/// A text with places to fill in.
class Template {
 public:
  Template& text(std::string_view literally);
  /// A place with what stands there first. Places of one number change together.
  Template& place(int number, std::string_view proposed);

  /// As clients with snippets take it, or with what is proposed.
  std::string as(bool snippet) const { return snippet ? snippet_ : plain_; }

 private:
  std::string snippet_;
  std::string plain_;
};

/// Adds the safe forms of changes as the rules recommend them: whole statements where one begins,
/// and behind `ALTER TABLE users` those that begin so, with the table filled in.
void add_safe_forms(const FeatureInput& input, const Document& open, const SqlPlace& place,
                    const Expectation& expected, bool snippets, ItemList& out);

}  // namespace belay::lsp

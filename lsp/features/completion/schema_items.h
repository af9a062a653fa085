#pragma once

#include "lsp/features/completion/expectation.h"
#include "lsp/features/completion/item_list.h"
#include "lsp/features/completion/sql_place.h"

namespace belay::lsp {

/// Adds what of the schema at the place fits what is expected there. `origin`: where the items are
/// offered, for their documentation.
void add_schema_items(const SqlPlace& place, const Expectation& expected,
                      const CompletionItemData& origin, ItemList& out);

/// The key of a table that is written so, whether it is there or not.
std::string key_of(const schema::Schema& schema, const TableReference& table);

}  // namespace belay::lsp

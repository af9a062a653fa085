#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/migration_list.h"

namespace belay::lsp {

/// `docs/editors.md` describes it: the result of `belay/migrations`.
std::string migrations_json(const std::vector<ListedHistory>& histories);

/// The result of `belay/schema`.
std::string schema_json(std::string_view title, std::string_view text);

}  // namespace belay::lsp

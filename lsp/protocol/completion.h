#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lsp/protocol/capabilities.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

enum class CompletionItemKind : uint8_t {
  kFunction = 3,
  kField = 5,
  kInterface = 8,
  kModule = 9,
  kProperty = 10,
  kValue = 12,
  kEnum = 13,
  kKeyword = 14,
  kSnippet = 15,
  kReference = 18,
  kEnumMember = 20,
  kStruct = 22,
  kTypeParameter = 25,
};

/// What an item takes along to come back for its documentation with.
struct CompletionItemData {
  std::string uri;
  Position position;  ///< where it was offered
  uint8_t kind = 0;   ///< of `names::Object`
  std::string key;
  std::string part;
};

struct CompletionItem {
  std::string label;
  CompletionItemKind kind = CompletionItemKind::kKeyword;
  std::string detail;
  std::string documentation;  ///< Markdown; empty: none, or with `data`
  std::string sort_text;
  std::string filter_text;  ///< empty: the label
  std::string new_text;
  bool is_snippet = false;
  /// Edits elsewhere in the document that go along with it.
  std::vector<std::pair<PositionRange, std::string>> additional_edits;
  std::optional<CompletionItemData> data;
};

struct CompletionList {
  /// What is replaced where the client inserts, and where it overwrites: the word up to the cursor,
  /// and all of it.
  PositionRange insert;
  PositionRange replace;
  std::vector<CompletionItem> items;
};

std::string completion_list_json(const CompletionList& list, const ClientCapabilities& client);
/// `documentation` is Markdown.
std::string documentation_json(const std::string& documentation, const ClientCapabilities& client);

}  // namespace belay::lsp

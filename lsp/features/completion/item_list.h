#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lsp/protocol/completion.h"

namespace belay::lsp {

/// Gathers items group by group: those of an earlier group, and of one group those that came first,
/// are shown first.
class ItemList {
 public:
  void next_group() {
    ++group_;
    place_ = 0;
  }
  CompletionItem& add(std::string label, CompletionItemKind kind) {
    CompletionItem& item = items_.emplace_back();
    item.new_text = label;
    item.label = std::move(label);
    item.kind = kind;
    item.sort_text = sort_text();
    return item;
  }
  std::vector<CompletionItem> take() && { return std::move(items_); }

 private:
  std::string sort_text() {
    std::string place = std::to_string(place_++);
    place.insert(0, place.size() < kDigits ? kDigits - place.size() : 0, '0');
    return static_cast<char>('a' + group_) + place;
  }

  static constexpr size_t kDigits = 5;
  std::vector<CompletionItem> items_;
  int group_ = 0;
  size_t place_ = 0;
};

}  // namespace belay::lsp

#include "lsp/features/completion/comment_items.h"

#include "analyzer/rules/rule.h"
#include "lsp/features/completion/item_list.h"
#include "support/ascii.h"

namespace belay::lsp {
namespace {

constexpr std::string_view kMark = "belay:";

void add_words(ItemList& out) {
  const auto add = [&](const char* word, const char* detail) {
    out.add(word, CompletionItemKind::kKeyword).detail = detail;
  };
  add("belay:ignore", "silences rules for a statement; with a reason");
  add("belay:ignore-file", "silences rules for the whole script; with a reason");
  add("belay:batch", "runs the next statement in batches");
}

void add_rules(std::string_view written, ItemList& out) {
  for (const rules::Rule& rule : rules::all_rules()) {
    const rules::Descriptor& of = *rule.descriptor;
    if (of.always_on || written.find(of.id) != std::string_view::npos) continue;
    CompletionItem& item = out.add(std::string(of.id), CompletionItemKind::kEnumMember);
    item.detail = std::string(of.title);
    item.documentation = std::string(of.why);
  }
}

}  // namespace

std::optional<CompletionList> comment_completion(const Document& open, ByteRange comment,
                                                 uint32_t cursor, ColumnUnit unit) {
  const std::string_view text = open.text();
  std::string_view body = text.substr(comment.begin, cursor - comment.begin);
  while (!body.empty() && (ascii::is_space(body.front()) || body.front() == '-' ||
                           body.front() == '/' || body.front() == '*' || body.front() == '#')) {
    body.remove_prefix(1);
  }
  ItemList items;
  uint32_t begin = cursor;
  uint32_t end = cursor;
  const auto is_id = [](char c) { return ascii::is_word(c) || c == '-'; };
  const std::string_view whole_mark = "belay:ignore-file";
  if (!body.empty() &&
      (kMark.starts_with(body) ||
       (body.starts_with(kMark) && body.find_first_of(" \t") == std::string_view::npos))) {
    begin = cursor - static_cast<uint32_t>(body.size());
    while (end < comment.end && (is_id(text[end]) || text[end] == ':')) ++end;
    add_words(items);
  } else if (body.starts_with(whole_mark.substr(0, whole_mark.find('-'))) &&
             body.substr(kMark.size()).find(':') == std::string_view::npos) {
    while (begin > comment.begin && is_id(text[begin - 1])) --begin;
    while (end < comment.end && is_id(text[end])) ++end;
    add_rules(body.substr(0, body.size() - (cursor - begin)), items);
  } else {
    return std::nullopt;
  }
  return CompletionList{open.positions_of({begin, cursor}, unit),
                        open.positions_of({begin, end}, unit), std::move(items).take()};
}

}  // namespace belay::lsp

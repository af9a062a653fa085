#include "lsp/protocol/completion.h"

#include "lsp/protocol/write_values.h"

namespace belay::lsp {
namespace {

constexpr int64_t kSnippetFormat = 2;

void write_text_edit(JsonWriter& w, const CompletionList& list, const std::string& new_text,
                     const ClientCapabilities& client) {
  w.key("textEdit");
  w.begin_object();
  w.member("newText", new_text);
  if (client.insert_replace_completion) {
    w.key("insert");
    write(w, list.insert);
    w.key("replace");
    write(w, list.replace);
  } else {
    w.key("range");
    write(w, list.insert);
  }
  w.end_object();
}

void write_additional_edits(JsonWriter& w, const CompletionItem& item) {
  w.key("additionalTextEdits");
  write_array(w, item.additional_edits, [&](const auto& edit) {
    w.begin_object();
    w.key("range");
    write(w, edit.first);
    w.member("newText", edit.second);
    w.end_object();
  });
}

void write_item_data(JsonWriter& w, const CompletionItemData& data) {
  w.key("data");
  w.begin_object();
  w.member("uri", data.uri);
  w.key("position");
  write(w, data.position);
  w.member("kind", int64_t{data.kind});
  w.member("key", data.key);
  w.member("part", data.part);
  w.end_object();
}

void write(JsonWriter& w, const CompletionList& list, const CompletionItem& item,
           const ClientCapabilities& client) {
  w.begin_object();
  w.member("label", item.label);
  w.member("kind", int64_t{static_cast<uint8_t>(item.kind)});
  if (!item.detail.empty()) w.member("detail", item.detail);
  if (!item.documentation.empty()) {
    w.key("documentation");
    w.raw(documentation_json(item.documentation, client));
  }
  w.member("sortText", item.sort_text);
  if (!item.filter_text.empty()) w.member("filterText", item.filter_text);
  if (item.is_snippet) w.member("insertTextFormat", kSnippetFormat);
  write_text_edit(w, list, item.new_text, client);
  if (!item.additional_edits.empty()) write_additional_edits(w, item);
  if (item.data) write_item_data(w, *item.data);
  w.end_object();
}

}  // namespace

std::string documentation_json(const std::string& documentation, const ClientCapabilities& client) {
  return written_object([&](JsonWriter& w) {
    w.member("kind", client.completion_markdown ? "markdown" : "plaintext");
    w.member("value", documentation);
  });
}

std::string completion_list_json(const CompletionList& list, const ClientCapabilities& client) {
  return written_object([&](JsonWriter& w) {
    // The client goes on filtering by itself: all that fits the place is there.
    w.member("isIncomplete", false);
    w.key("items");
    write_array(w, list.items, [&](const CompletionItem& item) { write(w, list, item, client); });
  });
}

}  // namespace belay::lsp

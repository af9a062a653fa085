#include "lsp/features/completion/completion.h"

#include <algorithm>
#include <iterator>

#include "lsp/features/completion/comment_items.h"
#include "lsp/features/completion/config_items.h"
#include "lsp/features/completion/expectation.h"
#include "lsp/features/completion/safe_forms.h"
#include "lsp/features/completion/schema_items.h"
#include "lsp/features/completion/sql_place.h"
#include "lsp/features/definition_text.h"
#include "lsp/features/sql_words.h"
#include "support/ascii.h"
#include "workbench/cpp/cpp_sources.h"

namespace belay::lsp {
namespace {

using Words = std::vector<std::string_view>;

Words first_words(Engine engine) {
  if (engine == Engine::kSqlite) {
    return {"CREATE TABLE", "CREATE INDEX",   "CREATE UNIQUE INDEX",
            "CREATE VIEW",  "CREATE TRIGGER", "ALTER TABLE",
            "DROP TABLE",   "DROP INDEX",     "DROP VIEW",
            "DROP TRIGGER", "INSERT INTO",    "UPDATE",
            "DELETE FROM",  "SELECT",         "WITH",
            "PRAGMA",       "BEGIN",          "COMMIT",
            "VACUUM",       "REINDEX"};
  }
  return {"CREATE TABLE",
          "CREATE INDEX",
          "CREATE UNIQUE INDEX",
          "CREATE TYPE",
          "CREATE VIEW",
          "CREATE FUNCTION",
          "CREATE SCHEMA",
          "CREATE EXTENSION",
          "ALTER TABLE",
          "ALTER TYPE",
          "ALTER INDEX",
          "DROP TABLE",
          "DROP INDEX",
          "DROP TYPE",
          "DROP VIEW",
          "INSERT INTO",
          "UPDATE",
          "DELETE FROM",
          "SELECT",
          "WITH",
          "COMMENT ON",
          "TRUNCATE",
          "GRANT",
          "REVOKE",
          "SET",
          "BEGIN",
          "COMMIT",
          "DO",
          "REINDEX",
          "VACUUM"};
}

void add_keywords(const SqlPlace& place, const Words& words, ItemList& out) {
  const Engine engine = place.before.dialect().engine;
  const bool capitals = writes_keywords_in_capitals(place.text, engine);
  for (const std::string_view word : words) {
    const bool is_call = word.ends_with("()");
    out.add(capitals && !is_call ? std::string(word) : ascii::lower(word),
            is_call ? CompletionItemKind::kFunction : CompletionItemKind::kKeyword);
  }
}

/// In a literal of C++ what goes in is written as the literal demands; what it cannot hold is left
/// out.
void write_for_literal(const cpp::Literal& literal, std::vector<CompletionItem>& items) {
  std::erase_if(items, [&](CompletionItem& item) {
    const auto text = cpp::written_in(literal, item.new_text);
    const auto filter = cpp::written_in(literal, item.filter_text);
    if (!text || !filter) return true;
    item.new_text = *text;
    item.filter_text = *filter;
    return false;
  });
}

std::vector<CompletionItem> items_at(const FeatureInput& input, const Document& open,
                                     const SqlPlace& place, const CompletionItemData& origin,
                                     const CompletionOptions& options) {
  const Expectation expected = expectation_of(place.typed);
  ItemList items;
  add_schema_items(place, expected, origin, items);
  if (!place.typed.quoted && expected.qualifiers.empty()) {
    const Engine engine = place.before.dialect().engine;
    add_keywords(place, expected.begins_statement ? first_words(engine) : expected.keywords, items);
    items.next_group();
    if (expected.begins_statement || expected.alters_table || !expected.column.empty()) {
      add_safe_forms(input, open, place, expected, options.snippets, items);
    }
  }
  std::vector<CompletionItem> out = std::move(items).take();
  if (options.names_only) {
    std::erase_if(out, [](const CompletionItem& item) { return !item.data; });
  }
  if (place.literal) write_for_literal(*place.literal, out);
  return out;
}

std::optional<CompletionList> sql_completion(const FeatureInput& input, const Document& open,
                                             Position position, uint32_t cursor,
                                             const CompletionOptions& options) {
  std::optional<CompletionList> out;
  with_sql_place(input, open, cursor, [&](const SqlPlace& place) {
    const TypedStatement& typed = place.typed;
    if (typed.place == TypedStatement::Place::kComment && !place.literal) {
      out = comment_completion(open, typed.comment, cursor, input.unit);
    }
    if (typed.place != TypedStatement::Place::kCode) return;
    // A name in quotes that are closed is replaced with them, or another quote would be left over.
    const auto insert = place.in_document(typed.quoted ? typed.whole_word : typed.word);
    const auto replace = place.in_document(typed.whole_word);
    if (!insert || !replace) return;
    const CompletionItemData origin = {input.document.document.uri, position, 0, "", ""};
    out = CompletionList{open.positions_of(*insert, input.unit),
                         open.positions_of(*replace, input.unit),
                         items_at(input, open, place, origin, options)};
  });
  if (out && out->items.empty()) out.reset();
  return out;
}

}  // namespace

std::optional<CompletionList> completion(const FeatureInput& input, Position position,
                                         const CompletionOptions& options) {
  const Document& open = open_text(input);
  const uint32_t cursor = open.offset_at(position, input.unit);
  if (is_config_path(input.document.path)) {
    if (options.names_only) return std::nullopt;
    return config_completion(open, cursor, input.unit, options.snippets);
  }
  if (workbench::is_cpp_source(input.document.path)) {
    for (const ByteRange comment : cpp::comments_of(open.text())) {
      if (comment.begin < cursor && cursor <= comment.end) {
        return comment_completion(open, comment, cursor, input.unit);
      }
    }
  }
  return sql_completion(input, open, position, cursor, options);
}

std::string completion_documentation(const FeatureInput& input, const CompletionItemData& data,
                                     bool markdown) {
  const Document& open = open_text(input);
  const uint32_t cursor = open.offset_at(data.position, input.unit);
  std::string out;
  with_sql_place(input, open, cursor, [&](const SqlPlace& place) {
    if (data.kind > static_cast<uint8_t>(names::Kind::kFunction)) return;
    out = definition_text(place.before, {static_cast<names::Kind>(data.kind), data.key, data.part});
  });
  return out.empty() || !markdown ? out : sql_block(out);
}

}  // namespace belay::lsp

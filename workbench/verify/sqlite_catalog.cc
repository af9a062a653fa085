// SQLite tells of a table by pragmas and in the text that it keeps. What a pragma tells is taken
// from there; of the text only single facts are, by its tokens: a rebuild by way of a new table, or
// a rename, leaves another text behind for the same table.
#include "workbench/verify/sqlite_catalog.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "support/ascii.h"
#include "workbench/verify/sqlite_text.h"

namespace belay::workbench {
namespace {

using runtime::Connection;
using runtime::Rows;
using runtime::Value;
using sqlite_text::TableText;
using sqlite_text::Words;

bool has_word(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Sorted and joined: for facts whose order says nothing.
std::string in_any_order(std::vector<std::string> facts) {
  std::sort(facts.begin(), facts.end());
  std::string out;
  for (const std::string& fact : facts) out += (out.empty() ? "" : "; ") + fact;
  return out;
}

void set(Attributes& attributes, std::string_view name, std::string value) {
  if (!value.empty()) attributes.emplace(name, std::move(value));
}
void set(Attributes& attributes, std::string_view name, bool value) {
  if (value) attributes.emplace(name, "yes");
}

class Reader {
 public:
  explicit Reader(Connection& connection) : connection_(connection) {}

  Result<Catalog> read() {
    Result<Rows> schema = connection_.query(
        "SELECT s.type, s.name, s.tbl_name, s.sql, l.type FROM main.sqlite_schema s "
        "LEFT JOIN pragma_table_list l ON l.schema = 'main' AND l.name = s.name "
        "WHERE s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND coalesce(l.type, '') <> 'shadow'");
    if (!schema) return std::move(schema).error();
    for (size_t i = 0; i < schema->rows.size(); ++i) {
      const std::string type = schema->text(i, 0);
      const std::string name = schema->text(i, 1);
      const std::string table = schema->text(i, 2);
      const Words words = sqlite_text::words_of(schema->text(i, 3));
      if (type == "table") {
        BELAY_TRY(read_table(name, words));
      } else if (type == "index") {
        BELAY_TRY(read_index(name, table, words));
      } else {
        read_text_object(type, name, table, words);
      }
    }
    return std::move(catalog_);
  }

 private:
  Result<Rows> pragma(std::string_view columns, std::string_view pragma, const std::string& name,
                      std::string_view rest = {}) {
    const std::vector<Value> parameters = {name};
    return connection_.query("SELECT " + std::string(columns) + " FROM pragma_" +
                                 std::string(pragma) + "(?, 'main') " + std::string(rest),
                             parameters);
  }

  Result<void> read_table(const std::string& name, const Words& words) {
    const std::string id = ascii::lower(name);
    const TableText text = sqlite_text::table_text(words);
    Attributes& table = catalog_["table"][id];
    if (words.size() > 1 && words[1] == "virtual") {
      // All that a virtual table is stands behind its name.
      set(table, "module", sqlite_text::joined(sqlite_text::after(words, "using")));
    } else {
      std::vector<std::string> checks;
      for (const Words& check : sqlite_text::groups_after(words, "check")) {
        checks.push_back(sqlite_text::joined(check));
      }
      set(table, "checks", in_any_order(std::move(checks)));
      set(table, "autoincrement", has_word(words, "autoincrement"));
      set(table, "strict", has_word(text.tail, "strict"));
      set(table, "without rowid", has_word(text.tail, "rowid"));
      set(table, "on conflict", conflict_clauses(words));
    }
    Result<std::string> unique = unique_constraints(name);
    if (!unique) return std::move(unique).error();
    set(table, "unique", *std::move(unique));
    BELAY_TRY(read_columns(name, id, text));
    return read_foreign_keys(name, id, text);
  }

  static std::string conflict_clauses(const Words& words) {
    std::vector<std::string> out;
    for (size_t i = 0; i + 2 < words.size(); ++i) {
      if (words[i] == "on" && words[i + 1] == "conflict") out.push_back(words[i + 2]);
    }
    return in_any_order(std::move(out));
  }

  Result<std::string> unique_constraints(const std::string& table) {
    Result<Rows> indexes = pragma("name", "index_list", table, "WHERE origin = 'u'");
    if (!indexes) return std::move(indexes).error();
    std::vector<std::string> out;
    for (size_t i = 0; i < indexes->rows.size(); ++i) {
      Result<Rows> columns =
          pragma("lower(name), lower(coll)", "index_xinfo", indexes->text(i), "WHERE key");
      if (!columns) return std::move(columns).error();
      std::string text;
      for (size_t k = 0; k < columns->rows.size(); ++k) {
        text += (k == 0 ? "" : ", ") + columns->text(k, 0);
        if (columns->text(k, 1) != "binary") text += " collate " + columns->text(k, 1);
      }
      out.push_back("(" + text + ")");
    }
    return in_any_order(std::move(out));
  }

  Result<void> read_columns(const std::string& name, const std::string& id, const TableText& text) {
    Result<Rows> columns =
        pragma("name, type, \"notnull\", dflt_value, pk, hidden, cid", "table_xinfo", name);
    if (!columns) return std::move(columns).error();
    for (size_t i = 0; i < columns->rows.size(); ++i) {
      constexpr int64_t kHiddenOfVirtualTable = 1;
      if (columns->number(i, 5) == kHiddenOfVirtualTable) continue;
      const std::string column = ascii::lower(columns->text(i, 0));
      const auto entry =
          std::find_if(text.entries.begin(), text.entries.end(),
                       [&](const Words& words) { return !words.empty() && words[0] == column; });
      const Words words = entry == text.entries.end() ? Words() : *entry;
      Attributes& out = catalog_["column"][id + "." + column];
      out.emplace(kOwner, id);
      out.emplace(kRank, std::to_string(columns->number(i, 6)));
      set(out, "type", sqlite_text::joined(sqlite_text::words_of(columns->text(i, 1))));
      set(out, "not null", columns->number(i, 2) != 0);
      set(out, "default", sqlite_text::joined(sqlite_text::words_of(columns->text(i, 3))));
      if (columns->number(i, 4) != 0) {
        out.emplace("primary key", std::to_string(columns->number(i, 4)));
      }
      const Words collation = sqlite_text::after(words, "collate");
      if (!collation.empty()) set(out, "collation", collation[0]);
      if (columns->number(i, 5) != 0) set(out, "generated", generated(words));
    }
    return {};
  }

  static std::string generated(const Words& entry) {
    const std::vector<Words> expressions = sqlite_text::groups_after(entry, "as");
    if (expressions.empty()) return {};
    return sqlite_text::joined(expressions[0]) +
           (has_word(entry, "stored") ? " stored" : " virtual");
  }

  Result<void> read_foreign_keys(const std::string& name, const std::string& id,
                                 const TableText& text) {
    Result<Rows> rows = pragma(
        "id, lower(\"from\"), lower(\"table\"), lower(coalesce(\"to\", '')), on_update, on_delete",
        "foreign_key_list", name, "ORDER BY id, seq");
    if (!rows) return std::move(rows).error();
    const std::vector<sqlite_text::ForeignKeyText> texts = sqlite_text::foreign_keys(text);
    for (size_t i = 0; i < rows->rows.size();) {
      const size_t first = i;
      std::string from;
      std::string to;
      for (; i < rows->rows.size() && rows->number(i, 0) == rows->number(first, 0); ++i) {
        from += (i == first ? "" : ",") + rows->text(i, 1);
        to += (i == first ? "" : ",") + rows->text(i, 3);
      }
      Attributes key = {{std::string(kOwner), id},
                        {"references", rows->text(first, 2) + "(" + to + ")"},
                        {"on update", rows->text(first, 4)},
                        {"on delete", rows->text(first, 5)}};
      const auto found = std::find_if(texts.begin(), texts.end(),
                                      [&](const auto& t) { return t.columns == from; });
      if (found != texts.end()) set(key, "deferrable", found->deferrable);
      std::string key_id = id + ".(" + from + ")";
      // One column may reference two tables.
      while (catalog_["foreign_key"].contains(key_id)) key_id += "+";
      catalog_["foreign_key"].emplace(std::move(key_id), std::move(key));
    }
    return {};
  }

  Result<void> read_index(const std::string& name, const std::string& table, const Words& words) {
    Attributes& out = catalog_["index"][ascii::lower(name)];
    out.emplace(kOwner, ascii::lower(table));
    set(out, "unique", words.size() > 1 && words[1] == "unique");
    Result<Rows> columns = pragma("cid, lower(coalesce(name, '')), \"desc\", lower(coll)",
                                  "index_xinfo", name, "WHERE key ORDER BY seqno");
    if (!columns) return std::move(columns).error();
    std::string list;
    bool expressions = false;
    for (size_t i = 0; i < columns->rows.size(); ++i) {
      constexpr int64_t kExpression = -2;
      expressions |= columns->number(i, 0) == kExpression;
      list += (i == 0 ? "" : ", ") + columns->text(i, 1);
      if (columns->text(i, 3) != "binary") list += " collate " + columns->text(i, 3);
      if (columns->number(i, 2) != 0) list += " desc";
    }
    set(out, "columns", std::move(list));
    // Behind ON stands the table's name, and then what is indexed.
    const Words definition = sqlite_text::after(words, "on");
    if (expressions && !definition.empty()) {
      set(out, "expressions", sqlite_text::joined(Words(definition.begin() + 1, definition.end())));
    }
    set(out, "where", sqlite_text::joined(sqlite_text::after(definition, "where")));
    return {};
  }

  void read_text_object(const std::string& type, const std::string& name, const std::string& table,
                        Words words) {
    Attributes& out = catalog_[type][ascii::lower(name)];
    // `IF NOT EXISTS` is not kept by SQLite, but `TEMP` is.
    std::erase_if(words, [](const std::string& w) { return w == "temp" || w == "temporary"; });
    set(out, "definition", sqlite_text::joined(words));
    if (type == "trigger") out.emplace(kOwner, ascii::lower(table));
  }

  Connection& connection_;
  Catalog catalog_;
};

}  // namespace

Result<Catalog> read_sqlite_catalog(Connection& connection) { return Reader(connection).read(); }

}  // namespace belay::workbench

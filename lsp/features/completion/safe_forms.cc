#include "lsp/features/completion/safe_forms.h"

#include <algorithm>
#include <optional>

#include "analyzer/project/layout.h"
#include "analyzer/rollback/generate/ddl_writer.h"
#include "analyzer/sql/quoted_name.h"
#include "lsp/features/completion/schema_items.h"
#include "lsp/features/definition_text.h"
#include "lsp/features/sql_words.h"
#include "support/ascii.h"

namespace belay::lsp {
namespace {

using project::Layout;

/// What goes where the reader has to fill something in.
struct Names {
  std::string table = "table_name";
  std::string bare_table = "table_name";  ///< without quotes and schema, for names made from it
  std::string column = "column_name";
  std::string bare_column = "column_name";
  bool table_is_known = false;
  bool column_is_known = false;
};

/// Writes a form: keywords as the file has them, names as they are.
class SafeForm {
 public:
  SafeForm(const Names& names, Engine engine, bool capitals)
      : names_(names), engine_(engine), capitals_(capitals) {}

  SafeForm& sql(std::string_view keywords) {
    out_.text(capitals_ ? std::string(keywords) : ascii::lower(keywords));
    return *this;
  }
  SafeForm& as_is(std::string_view text) {
    out_.text(text);
    return *this;
  }
  SafeForm& table() { return name(1, names_.table, names_.table_is_known); }
  SafeForm& column() { return name(2, names_.column, names_.column_is_known); }
  /// `users_email_suffix`.
  SafeForm& made_name(std::string_view suffix) {
    if (names_.table_is_known && names_.column_is_known) {
      out_.text(sql::quoted_name(
          engine_, names_.bare_table + "_" + names_.bare_column + std::string(suffix)));
      return *this;
    }
    name(1, names_.bare_table, names_.table_is_known);
    out_.text("_");
    name(2, names_.column, names_.column_is_known);
    out_.text(suffix);
    return *this;
  }
  SafeForm& place(int number, std::string_view proposed) {
    out_.place(number, proposed);
    return *this;
  }
  const Template& take() const { return out_; }

 private:
  SafeForm& name(int number, const std::string& name, bool known) {
    if (known) {
      out_.text(name);
    } else {
      out_.place(number, name);
    }
    return *this;
  }

  const Names& names_;
  Engine engine_;
  bool capitals_;
  Template out_;
};

/// How a layout's tool is told to run a script without a transaction: an edit of the file.
std::optional<TextEdit> no_transaction_edit(const project::MigrationSet& set,
                                            const project::Script& script, std::string_view text) {
  if (script.transaction != project::TransactionHabit::kPerScript) return std::nullopt;
  const auto behind_mark = [&](std::string_view mark,
                               std::string_view word) -> std::optional<TextEdit> {
    const size_t at = text.rfind(mark, script.range.begin);
    if (at == std::string_view::npos) return std::nullopt;
    const auto end = static_cast<uint32_t>(std::min(text.find_first_of("\r\n", at), text.size()));
    return TextEdit{{end, end}, std::string(word)};
  };
  switch (set.layout) {
    case Layout::kSqlx: return TextEdit{{0, 0}, "-- no-transaction\n"};
    case Layout::kGoose: return TextEdit{{0, 0}, "-- +goose NO TRANSACTION\n"};
    case Layout::kDbmate: return behind_mark("-- migrate:", " transaction:false");
    case Layout::kSqlMigrate: return behind_mark("-- +migrate ", " notransaction");
    default: return std::nullopt;
  }
}

/// What a person has to do where that cannot be written into the file.
std::string_view transaction_advice(Layout layout) {
  switch (layout) {
    case Layout::kDiesel:
      return "Needs `run_in_transaction = false` in the folder's metadata.toml.";
    case Layout::kFlyway: return "Needs `executeInTransaction=false` in the script's .conf file.";
    case Layout::kLiquibase: return "Needs `runInTransaction:false` on the changeset's line.";
    case Layout::kPop: return "Needs `.autocommit` in the file's name.";
    case Layout::kGolangMigrate:
    case Layout::kPrisma: return "Has to be the only statement of its file.";
    default:
      return "Cannot run in a transaction: it belongs into a script for which none is opened.";
  }
}

class SafeForms {
 public:
  SafeForms(const FeatureInput& input, const Document& open, const SqlPlace& place,
            const Expectation& expected, bool snippets, ItemList& out)
      : input_(input),
        open_(open),
        place_(place),
        expected_(expected),
        snippets_(snippets),
        out_(out),
        engine_(place.before.dialect().engine),
        capitals_(writes_keywords_in_capitals(place.text, engine_)) {
    if (!expected.tables.empty()) fill_in_table(expected.tables.front());
  }

  void run() {
    if (engine_ == Engine::kPostgres) {
      postgres();
    } else if (engine_ == Engine::kSqlite) {
      sqlite();
    }
  }

 private:
  void fill_in_table(const TableReference& reference) {
    const std::string key = key_of(place_.before, reference);
    names_.table = rollback::DdlWriter(place_.before).object(key);
    names_.bare_table = std::string(rollback::bare_name(key));
    names_.table_is_known = true;
    if (expected_.column.empty()) return;
    names_.column = sql::quoted_name(engine_, expected_.column);
    names_.bare_column = expected_.column;
    names_.column_is_known = true;
  }

  SafeForm form() const { return {names_, engine_, capitals_}; }

  void postgres() {
    if (!names_.column_is_known) add_column();
    if (!names_.column_is_known) foreign_key();
    set_not_null();
    if (expected_.begins_statement) statements_of_postgres();
  }

  void statements_of_postgres() {
    index_concurrently("create index concurrently", "CREATE INDEX CONCURRENTLY ", "_idx");
    unique_constraint();
    batches();
    add("add enum value", "keeps the values that are there",
        form()
            .sql("ALTER TYPE ")
            .place(1, "type_name")
            .sql(" ADD VALUE IF NOT EXISTS '")
            .place(2, "value")
            .as_is("';")
            .take());
    needs_no_transaction(
        add("drop index concurrently", "writes go on",
            form().sql("DROP INDEX CONCURRENTLY ").place(1, "index_name").as_is(";").take()));
    add("lock timeout", "gives up instead of holding up everybody",
        form().sql("SET LOCAL lock_timeout = '").place(1, "2s").as_is("';").take());
  }

  void sqlite() {
    add_column();
    if (expected_.begins_statement) batches();
    if (expected_.alters_table) rebuild();
  }

  void add_column() {
    add("add column, nullable", "no row is touched",
        form()
            .sql("ALTER TABLE ")
            .table()
            .sql(" ADD COLUMN ")
            .column()
            .as_is(" ")
            .place(3, "text")
            .as_is(";")
            .take());
  }

  void foreign_key() {
    add("add foreign key, not valid first",
        "old rows are checked later, without holding up anybody",
        form()
            .sql("ALTER TABLE ")
            .table()
            .sql(" ADD CONSTRAINT ")
            .made_name("_fkey")
            .sql(" FOREIGN KEY (")
            .column()
            .sql(") REFERENCES ")
            .place(3, "other_table")
            .as_is(" (")
            .place(4, "id")
            .sql(") NOT VALID;")
            .as_is("\n-- In a migration behind it:\n-- ")
            .sql("ALTER TABLE ")
            .table()
            .sql(" VALIDATE CONSTRAINT ")
            .made_name("_fkey")
            .as_is(";")
            .take());
  }

  void set_not_null() {
    add("set not null, proved by a check first", "the scan holds up nobody",
        form()
            .sql("ALTER TABLE ")
            .table()
            .sql(" ADD CONSTRAINT ")
            .made_name("_set")
            .sql(" CHECK (")
            .column()
            .sql(" IS NOT NULL) NOT VALID;")
            .as_is("\n-- In a migration behind it:\n-- ")
            .sql("ALTER TABLE ")
            .table()
            .sql(" VALIDATE CONSTRAINT ")
            .made_name("_set")
            .as_is(";\n-- And behind that one:\n-- ")
            .sql("ALTER TABLE ")
            .table()
            .sql(" ALTER COLUMN ")
            .column()
            .sql(" SET NOT NULL;")
            .as_is("\n-- ")
            .sql("ALTER TABLE ")
            .table()
            .sql(" DROP CONSTRAINT ")
            .made_name("_set")
            .as_is(";")
            .take());
  }

  void index_concurrently(std::string label, std::string_view statement, std::string_view suffix) {
    needs_no_transaction(add(std::move(label), "writes go on",
                             form()
                                 .sql(statement)
                                 .made_name(suffix)
                                 .sql(" ON ")
                                 .table()
                                 .as_is(" (")
                                 .column()
                                 .as_is(");")
                                 .take()));
  }

  void unique_constraint() {
    needs_no_transaction(add("add unique constraint, by an index", "writes go on",
                             form()
                                 .sql("CREATE UNIQUE INDEX CONCURRENTLY ")
                                 .made_name("_key")
                                 .sql(" ON ")
                                 .table()
                                 .as_is(" (")
                                 .column()
                                 .as_is(");\n-- In a migration behind it:\n-- ")
                                 .sql("ALTER TABLE ")
                                 .table()
                                 .sql(" ADD CONSTRAINT ")
                                 .made_name("_key")
                                 .sql(" UNIQUE USING INDEX ")
                                 .made_name("_key")
                                 .as_is(";")
                                 .take()));
  }

  void batches() {
    add("backfill in batches", "rows stay locked for one batch",
        form()
            .as_is("-- belay:batch table=")
            .table()
            .as_is(" key=")
            .place(3, "id")
            .as_is(" size=10000 pause=100ms\n")
            .sql("UPDATE ")
            .table()
            .sql(" SET ")
            .column()
            .as_is(" = ")
            .place(4, "value")
            .sql(" WHERE ")
            .column()
            .sql(" IS NULL AND ")
            .place(3, "id")
            .sql(" BETWEEN $1 AND $2;")
            .take());
  }

  /// The table as it is now, to be changed on the way: SQLite's own procedure.
  void rebuild() {
    const std::string key = key_of(place_.before, expected_.tables.front());
    const schema::Table* table = place_.before.table(std::string_view(key));
    if (table == nullptr || !table->complete || !table->known || table->is_virtual) return;
    const rollback::DdlWriter writer(place_.before);
    schema::Table copy = *table;
    copy.name = "new_" + table->name;
    const std::string copy_key = place_.before.key(rollback::schema_of(key), copy.name);
    std::vector<std::string> columns;
    for (const schema::Column& column : table->columns) {
      if (column.generated == schema::Column::Generated::kNo) columns.push_back(column.name);
    }
    const std::string names = writer.names(columns);
    Template text;
    text.text("PRAGMA foreign_keys = OFF;\n" + writer.table(copy_key, copy) + ";\n");
    text.text("INSERT INTO " + writer.object(copy_key) + " (" + names + ") SELECT " + names +
              " FROM " + writer.object(key) + ";\n");
    text.text("DROP TABLE " + writer.object(key) + ";\nALTER TABLE " + writer.object(copy_key) +
              " RENAME TO " + writer.name(table->name) + ";\n");
    for (const schema::Index& index : table->indexes) {
      if (!index.of_constraint) text.text(writer.index(key, index) + ";\n");
    }
    for (const schema::Trigger& trigger : table->triggers) {
      text.text("-- Make the trigger " + trigger.name + " again here.\n");
    }
    text.text("PRAGMA foreign_keys = ON;");
    add("rebuild " + place_.before.display(key), "changes what ALTER TABLE cannot", text);
  }

  // --- items
  CompletionItem* add(std::string label, std::string detail, const Template& text) {
    const std::string plain = text.as(false);
    // A call of C++ takes one statement, as a rule, and its literal one line.
    if (place_.literal && plain.find('\n') != std::string::npos) return nullptr;
    if (place_.literal && !expected_.begins_statement) return nullptr;
    CompletionItem& item = out_.add(std::move(label), CompletionItemKind::kSnippet);
    item.detail = std::move(detail);
    item.is_snippet = snippets_ && !place_.literal;
    item.new_text = text.as(item.is_snippet);
    item.documentation = plain;
    const size_t behind = place_.text.find_first_not_of(" \t", place_.typed.whole_word.end);
    if (behind != std::string::npos && place_.text[behind] == ';' && item.new_text.ends_with(';')) {
      item.new_text.pop_back();
    }
    if (!expected_.begins_statement) replace_beginning(item);
    return &item;
  }

  /// The form begins the statement anew.
  void replace_beginning(CompletionItem& item) const {
    item.additional_edits.emplace_back(
        open_.positions_of({place_.statement_begin, place_.typed.word.begin}, input_.unit), "");
  }

  void needs_no_transaction(CompletionItem* item) const {
    if (item == nullptr || place_.literal) return;
    const project::MigrationSet& set = *place_.script.history->set->set;
    const project::Script& script = place_.script.location();
    if (script.transaction == project::TransactionHabit::kNone) return;
    const auto edit = no_transaction_edit(set, script, open_.text());
    if (edit) {
      item->additional_edits.emplace_back(open_.positions_of(edit->range, input_.unit),
                                          edit->new_text);
      return;
    }
    item->documentation =
        std::string(transaction_advice(set.layout)) + "\n\n" + item->documentation;
  }

  const FeatureInput& input_;
  const Document& open_;
  const SqlPlace& place_;
  const Expectation& expected_;
  const bool snippets_;
  ItemList& out_;
  const Engine engine_;
  const bool capitals_;
  Names names_;
};

}  // namespace

Template& Template::text(std::string_view literally) {
  plain_ += literally;
  for (const char c : literally) {
    if (c == '$' || c == '}' || c == '\\') snippet_ += '\\';
    snippet_ += c;
  }
  return *this;
}

Template& Template::place(int number, std::string_view proposed) {
  plain_ += proposed;
  snippet_ += "${" + std::to_string(number) + ":";
  for (const char c : proposed) {
    if (c == '$' || c == '}' || c == '\\') snippet_ += '\\';
    snippet_ += c;
  }
  snippet_ += '}';
  return *this;
}

void add_safe_forms(const FeatureInput& input, const Document& open, const SqlPlace& place,
                    const Expectation& expected, bool snippets, ItemList& out) {
  SafeForms(input, open, place, expected, snippets, out).run();
}

}  // namespace belay::lsp

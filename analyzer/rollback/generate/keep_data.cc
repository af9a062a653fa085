#include "analyzer/rollback/generate/keep_data.h"

#include <algorithm>

#include "analyzer/rollback/generate/ddl_writer.h"
#include "analyzer/rollback/trial.h"

namespace belay::rollback {
namespace {

class Keeper {
 public:
  explicit Keeper(const KeepDataInput& input)
      : in_(input), replay_(input.before), script_id_(2 * input.migration) {}

  KeptPair run() && {
    for (uint32_t s = 0; s < in_.up.statements.size(); ++s) {
      if (in_.up.statements[s].parsed != nullptr) rewrite(s);
    }
    KeptPair out;
    const Trial up = try_script(text_, in_.before, script_id_, in_.in_transaction);
    std::vector<const sql::ParsedScript*> ups(in_.ups.begin(), in_.ups.end());
    ups.back() = up.script.get();
    std::vector<DataLoss> lost;
    for (const auto& losses : up.losses) {
      for (const DataLoss& loss : losses) {
        if (!is_kept(loss)) lost.push_back(loss);
      }
    }
    out.down = generate_down({in_.before, up.after, ups, lost, kept_});
    out.reversibility =
        try_down({in_.before, up.after, up.run, in_.migration, in_.in_transaction}, out.down.text);
    out.up = std::move(text_);
    out.notes = std::move(notes_);
    return out;
  }

 private:
  const schema::Schema& now() const { return replay_.schema(); }
  DdlWriter writer() const { return DdlWriter(now()); }

  bool is_kept(const DataLoss& loss) const {
    return std::any_of(saved_.begin(), saved_.end(), [&](const DataLoss& s) {
      return s.table == loss.table && s.column == loss.column;
    });
  }

  void write(const std::string& statement) {
    text_ += statement + ";\n";
    const sql::StatementPtr parsed = sql::parse_statement(statement, now().dialect());
    for (size_t o = 0; o < parsed->operations.size(); ++o) {
      replay_.apply(*parsed, o, {script_id_, 0});
    }
  }

  std::string free_name(std::string key) const {
    while (now().has_relation(key)) key += "_";
    return key;
  }

  void rewrite(uint32_t s) {
    const sql::ParsedStatement& statement = *in_.up.statements[s].parsed;
    std::string rest;
    bool replaced = false;
    for (uint32_t o = 0; o < statement.operations.size(); ++o) {
      const sql::Operation& operation = statement.operations[o];
      const std::vector<DataLoss> losses = data_losses(in_.up, s, o, replay_.schema(), script_id_);
      if (!losses.empty() && keep(operation, statement)) {
        replaced = true;
        continue;
      }
      for (const DataLoss& loss : losses) copy_aside(operation, statement, loss);
      rest += (rest.empty() ? "" : ", ") + std::string(operation.range.of(statement.text));
    }
    if (!replaced) return write(statement.text);
    if (!rest.empty()) write(alter_head(statement) + rest);
  }

  /// `ALTER TABLE t `, before the first clause.
  static std::string alter_head(const sql::ParsedStatement& statement) {
    return statement.text.substr(0, statement.operations.front().range.begin);
  }

  /// Renames aside what the operation drops; false for other operations.
  bool keep(const sql::Operation& operation, const sql::ParsedStatement&) {
    if (const auto* op = operation.as<sql::DropTable>()) {
      const std::string key = now().key(op->table);
      if (now().table(key) == nullptr) return false;
      const std::string aside = free_name(key + "__dropped");
      write("ALTER TABLE " + writer().object(key) + " RENAME TO " +
            writer().name(bare_name(aside)));
      notes_.push_back(now().display(key) + " is renamed to " + now().display(aside) +
                       " instead of dropped");
      return true;
    }
    const auto* op = operation.as<sql::DropColumn>();
    if (op == nullptr) return false;
    const std::string key = now().key(op->table.name);
    const schema::Table* table = now().table(key);
    const schema::Column* column = table == nullptr ? nullptr : table->column(op->column.id);
    if (column == nullptr) return false;
    const bool nullable_again = column->not_null && !table->in_primary_key(column->name);
    const std::string aside = column->name + "__dropped";
    const std::string alter = "ALTER TABLE " + writer().object(key);
    write(alter + " RENAME COLUMN " + writer().name(column->name) + " TO " + writer().name(aside));
    notes_.push_back(now().display(key) + "." + op->column.id + " is renamed to " + aside +
                     " instead of dropped");
    if (!nullable_again) return true;
    if (now().dialect().engine == Engine::kSqlite) {
      notes_.push_back(aside +
                       " stays NOT NULL, which SQLite cannot change: rows that are "
                       "written later must fill it");
    } else {
      write(alter + " ALTER COLUMN " + writer().name(aside) + " DROP NOT NULL");
    }
    return true;
  }

  void copy_aside(const sql::Operation& operation, const sql::ParsedStatement& statement,
                  const DataLoss& loss) {
    const std::string key =
        loss.table.find('.') == std::string::npos ? now().key("", loss.table) : loss.table;
    const schema::Table* table = now().table(key);
    if (table == nullptr || !table->complete) {
      notes_.push_back(loss.to_string() + " cannot be kept: no migration tells the whole table");
      return;
    }
    if (is_kept(loss)) return;
    if (loss.column.empty()) {
      copy_rows(operation, statement, loss, key, *table);
    } else {
      copy_values(loss, key, *table);
    }
  }

  void copy_rows(const sql::Operation& operation, const sql::ParsedStatement& statement,
                 const DataLoss& loss, const std::string& key, const schema::Table& table) {
    const std::string side = free_name(key + "__removed");
    std::string where;
    bool all = true;
    if (const auto* op = operation.as<sql::Delete>()) {
      const bool simple = op->where && !op->limited && op->query.relations.empty();
      if (simple) {
        where = " WHERE " + std::string(op->where->range.of(statement.text));
        all = false;
      } else {
        all = !op->where;
      }
    }
    const bool some_stay = all ? false : where.empty();
    std::string columns;
    for (const schema::Column& c : table.columns) {
      const schema::Table* before = in_.before.table(key);
      const bool comes_back = before != nullptr && before->column(c.name) != nullptr &&
                              c.generated == schema::Column::Generated::kNo;
      if (comes_back) columns += (columns.empty() ? "" : ", ") + writer().name(c.name);
    }
    const std::string name = writer().object(key);
    const std::string side_name = writer().object(side);
    const bool always = std::any_of(
        table.columns.begin(), table.columns.end(),
        [](const schema::Column& c) { return c.identity == schema::Column::Identity::kAlways; });
    write("CREATE TABLE " + side_name + " AS SELECT " + columns + " FROM " + name + where);
    kept_.push_back({side, "INSERT INTO " + name + " (" + columns + ")" +
                               (always ? " OVERRIDING SYSTEM VALUE" : "") + " SELECT " + columns +
                               " FROM " + side_name +
                               (now().dialect().is(Engine::kSqlite) ? " WHERE true" : "") +
                               (some_stay ? " ON CONFLICT DO NOTHING" : "")});
    saved_.push_back(loss);
    notes_.push_back("the rows of " + loss.table + " are copied to " + now().display(side) +
                     " first");
  }

  void copy_values(const DataLoss& loss, const std::string& key, const schema::Table& table) {
    const schema::Constraint* primary = table.primary_key();
    if (primary == nullptr) {
      notes_.push_back(loss.to_string() + " cannot be kept: the table has no primary key");
      return;
    }
    const std::string side = free_name(key + "__" + loss.column + "_before");
    const std::string column = writer().name(loss.column);
    const std::string name = writer().object(key);
    const std::string side_name = writer().object(side);
    std::string match;
    for (const std::string& c : primary->columns) {
      match += (match.empty() ? "" : " AND ") + ("kept." + writer().name(c)) + " = " + name + "." +
               writer().name(c);
    }
    write("CREATE TABLE " + side_name + " AS SELECT " + writer().names(primary->columns) + ", " +
          column + " FROM " + name);
    kept_.push_back({side, "UPDATE " + name + " SET " + column + " = kept." + column + " FROM " +
                               side_name + " AS kept WHERE " + match});
    saved_.push_back(loss);
    notes_.push_back("what " + loss.table + "." + loss.column + " holds is copied to " +
                     now().display(side) + " first");
  }

  const KeepDataInput& in_;
  schema::Replay replay_;
  uint32_t script_id_;
  std::string text_;
  std::vector<GenerateInput::Kept> kept_;
  std::vector<DataLoss> saved_;
  std::vector<std::string> notes_;
};

}  // namespace

KeptPair keep_data(const KeepDataInput& input) { return Keeper(input).run(); }

}  // namespace belay::rollback

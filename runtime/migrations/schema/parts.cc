// What a migration says about a table, kept until all of it has been said.
#include <belay/schema.h>

namespace belay {
namespace {

ColumnType plain(ColumnType::Kind kind) {
  ColumnType out;
  out.kind = kind;
  return out;
}

std::vector<std::string> checked(const Names& names, const char* what) {
  if (names.list().empty()) throw MigrationError(std::string(what) + " has no columns");
  return names.list();
}

}  // namespace

namespace type {

using Kind = ColumnType::Kind;

ColumnType small_integer() { return plain(Kind::kSmallInteger); }
ColumnType integer() { return plain(Kind::kInteger); }
ColumnType big_integer() { return plain(Kind::kBigInteger); }
ColumnType boolean() { return plain(Kind::kBoolean); }
ColumnType real() { return plain(Kind::kReal); }
ColumnType double_precision() { return plain(Kind::kDouble); }
ColumnType text() { return plain(Kind::kText); }
ColumnType blob() { return plain(Kind::kBlob); }
ColumnType date() { return plain(Kind::kDate); }
ColumnType time() { return plain(Kind::kTime); }
ColumnType timestamp() { return plain(Kind::kTimestamp); }
ColumnType timestamp_with_zone() { return plain(Kind::kTimestampWithZone); }
ColumnType uuid() { return plain(Kind::kUuid); }
ColumnType json() { return plain(Kind::kJson); }

ColumnType decimal(int precision, int scale) {
  if (precision <= 0 || scale < 0 || scale > precision) {
    throw MigrationError(
        "a decimal has 1 digit or more, of which some or none lie behind the "
        "point; it was given " +
        std::to_string(precision) + " and " + std::to_string(scale));
  }
  ColumnType out = plain(Kind::kDecimal);
  out.size = precision;
  out.scale = scale;
  return out;
}

ColumnType string(int length) {
  if (length <= 0) {
    throw MigrationError("a string of at most " + std::to_string(length) + " characters",
                         "give a length of 1 or more, or use text()");
  }
  ColumnType out = plain(Kind::kString);
  out.size = length;
  return out;
}

ColumnType one_of(std::vector<std::string> values) {
  if (values.empty()) throw MigrationError("an enumeration has no values");
  ColumnType out = plain(Kind::kOneOf);
  out.values = std::move(values);
  return out;
}

ColumnType native(std::string sql) {
  if (sql.empty()) throw MigrationError("a native type has no name");
  ColumnType out = plain(Kind::kNative);
  out.native = std::move(sql);
  return out;
}

}  // namespace type

Column& Column::not_null() {
  is_not_null = true;
  return *this;
}
Column& Column::nullable() {
  is_not_null = false;
  return *this;
}
Column& Column::primary_key() {
  is_primary_key = true;
  return *this;
}
Column& Column::unique() {
  is_unique = true;
  return *this;
}
Column& Column::set_default(ColumnDefault value) {
  default_value = std::move(value);
  return *this;
}
Column& Column::default_expression(std::string sql) {
  return set_default({ColumnDefault::Expression{std::move(sql)}});
}
Column& Column::for_new_rows_only() {
  new_rows_only = true;
  return *this;
}
Column& Column::references(std::string table, Names columns) {
  reference = Reference();
  reference->table = std::move(table);
  reference->columns = columns.list();
  return *this;
}
Reference& Column::checked_reference() {
  if (!reference) {
    throw MigrationError("the column `" + name + "` has an action and refers to nothing",
                         "call references() first");
  }
  return *reference;
}
Column& Column::on_delete(OnDelete action) {
  checked_reference().on_delete = action;
  return *this;
}
Column& Column::on_update(OnUpdate action) {
  checked_reference().on_update = action;
  return *this;
}
Column& Column::check(std::string condition) {
  checks.push_back(std::move(condition));
  return *this;
}
Column& Column::collate(std::string name_of_it) {
  collation = std::move(name_of_it);
  return *this;
}
Column& Column::generated_as(std::string expression, Generated kind) {
  generated = std::move(expression);
  generated_kind = kind;
  return *this;
}
Column& Column::comment(std::string text) {
  comment_text = std::move(text);
  return *this;
}

ForeignKey& ForeignKey::references(std::string table, Names others) {
  reference.table = std::move(table);
  reference.columns = others.list();
  return *this;
}
ForeignKey& ForeignKey::on_delete(OnDelete action) {
  reference.on_delete = action;
  return *this;
}
ForeignKey& ForeignKey::on_update(OnUpdate action) {
  reference.on_update = action;
  return *this;
}
ForeignKey& ForeignKey::deferred() {
  reference.deferred = true;
  return *this;
}
ForeignKey& ForeignKey::named(std::string given) {
  name = std::move(given);
  return *this;
}

ForeignKey& ForeignKey::not_validated() {
  validated = false;
  return *this;
}

Constraint& Constraint::not_validated() {
  if (kind != Kind::kCheck) {
    throw MigrationError("a key cannot be made without a look at the rows that are there",
                         "on PostgreSQL make a unique index concurrently first");
  }
  validated = false;
  return *this;
}
Constraint& Constraint::named(std::string given) {
  name = std::move(given);
  return *this;
}

ColumnChange& ColumnChange::type(ColumnType type) {
  new_type = std::move(type);
  return *this;
}
ColumnChange& ColumnChange::using_expression(std::string sql) {
  conversion = std::move(sql);
  return *this;
}
ColumnChange& ColumnChange::not_null() {
  new_not_null = true;
  return *this;
}
ColumnChange& ColumnChange::nullable() {
  new_not_null = false;
  return *this;
}
ColumnChange& ColumnChange::set_default(ColumnDefault value) {
  new_default = std::move(value);
  drops_default = false;
  return *this;
}
ColumnChange& ColumnChange::default_expression(std::string sql) {
  return set_default({ColumnDefault::Expression{std::move(sql)}});
}
ColumnChange& ColumnChange::drop_default() {
  new_default.reset();
  drops_default = true;
  return *this;
}

Column& Table::id(std::string name) {
  return column(std::move(name), plain(ColumnType::Kind::kId)).primary_key();
}
Column& Table::column(std::string name, ColumnType type) {
  return add(Column(std::move(name), std::move(type)));
}
void Table::timestamps() {
  for (const char* name : {"created_at", "updated_at"}) {
    timestamp_with_zone(name).not_null().default_expression("CURRENT_TIMESTAMP");
  }
}
Constraint& Table::primary_key(Names columns) {
  return add(Constraint(Constraint::Kind::kPrimaryKey, checked(columns, "a primary key"), {}));
}
Constraint& Table::unique(Names columns) {
  return add(Constraint(Constraint::Kind::kUnique, checked(columns, "a unique key"), {}));
}
Constraint& Table::check(std::string condition) {
  return add(Constraint(Constraint::Kind::kCheck, {}, std::move(condition)));
}
ForeignKey& Table::foreign_key(Names columns) {
  return add(ForeignKey(checked(columns, "a foreign key")));
}
void Table::index(Names columns, IndexOptions options) {
  add(TableIndex{checked(columns, "an index"), std::move(options)});
}
void Table::comment(std::string text) { add(TableComment{std::move(text)}); }

void TableChange::drop_column(std::string name, Dependents dependents) {
  add(DroppedColumn{std::move(name), dependents == Dependents::kDrop});
}
void TableChange::rename_column(std::string from, std::string to) {
  add(RenamedColumn{std::move(from), std::move(to)});
}
ColumnChange& TableChange::change_column(std::string name) {
  return add(ColumnChange(std::move(name)));
}
void TableChange::drop_primary_key() {
  add(DroppedConstraint{DroppedConstraint::Kind::kPrimaryKey, {}, {}});
}
void TableChange::drop_unique(Names columns) {
  add(DroppedConstraint{DroppedConstraint::Kind::kUnique, checked(columns, "a unique key"), {}});
}
void TableChange::drop_foreign_key(Names columns) {
  add(DroppedConstraint{
      DroppedConstraint::Kind::kForeignKey, checked(columns, "a foreign key"), {}});
}
void TableChange::drop_check(std::string name) {
  add(DroppedConstraint{DroppedConstraint::Kind::kCheck, {}, std::move(name)});
}
void TableChange::drop_constraint(std::string name) {
  add(DroppedConstraint{DroppedConstraint::Kind::kAny, {}, std::move(name)});
}
void TableChange::validate_constraint(std::string name) {
  add(ValidatedConstraint{std::move(name)});
}
void TableChange::drop_index(std::string name) { add(DroppedIndex{std::move(name)}); }

}  // namespace belay

// Which types PostgreSQL's casts and operators lead from one to the other, as far as that decides
// whether a statement fails.

#include <algorithm>
#include <array>

#include "analyzer/schema/replay/applier.h"

namespace belay::schema {
namespace {

enum class Family : uint8_t {
  kInteger,
  kNumeric,
  kFloat,
  kText,
  kBoolean,
  kUuid,
  kTime,
  kJson,
  kEnum,
  kOther
};

struct NamedFamily {
  std::string_view type;
  Family family;
};
constexpr std::array kFamilies = {
    NamedFamily{"int2", Family::kInteger},   NamedFamily{"int4", Family::kInteger},
    NamedFamily{"int8", Family::kInteger},   NamedFamily{"numeric", Family::kNumeric},
    NamedFamily{"float4", Family::kFloat},   NamedFamily{"float8", Family::kFloat},
    NamedFamily{"text", Family::kText},      NamedFamily{"varchar", Family::kText},
    NamedFamily{"bpchar", Family::kText},    NamedFamily{"bool", Family::kBoolean},
    NamedFamily{"uuid", Family::kUuid},      NamedFamily{"date", Family::kTime},
    NamedFamily{"timestamp", Family::kTime}, NamedFamily{"timestamptz", Family::kTime},
    NamedFamily{"json", Family::kJson},      NamedFamily{"jsonb", Family::kJson},
};

bool is_number(Family family) {
  return family == Family::kInteger || family == Family::kNumeric || family == Family::kFloat;
}

}  // namespace

/// What a domain is made of; other types are themselves.
static Type base_of(Type type, const Schema& schema) {
  constexpr int kDeepest = 16;
  for (int i = 0; i < kDeepest && type.array_dimensions == 0; ++i) {
    const UserType* user = schema.type(type.name);
    if (user == nullptr || user->form != UserType::Form::kDomain) break;
    type = user->base;
  }
  return type;
}

static Family family_of(const Type& type, const Schema& schema) {
  if (const UserType* user = schema.type(type.name)) {
    return user->form == UserType::Form::kEnum ? Family::kEnum : Family::kOther;
  }
  const auto* found = std::find_if(kFamilies.begin(), kFamilies.end(),
                                   [&](const NamedFamily& f) { return f.type == type.name; });
  return found == kFamilies.end() ? Family::kOther : found->family;
}

static bool same_type(const Type& a, const Type& b) {
  return a.name == b.name && (a.array_dimensions != 0) == (b.array_dimensions != 0);
}

std::optional<bool> Applier::can_refer(const Type& from_type, const Type& to_type) const {
  const Type from = base_of(from_type, schema_);
  const Type to = base_of(to_type, schema_);
  if (same_type(from, to)) return true;
  const Family a = family_of(from, schema_);
  const Family b = family_of(to, schema_);
  if ((from.array_dimensions != 0) != (to.array_dimensions != 0)) {
    const Family alone = from.array_dimensions != 0 ? b : a;
    return alone == Family::kOther ? std::nullopt : std::optional(false);
  }
  if (from.array_dimensions != 0 || a == Family::kOther || b == Family::kOther) return std::nullopt;
  if (is_number(a) && is_number(b)) return a <= b;
  return a == b && a != Family::kEnum;
}

std::optional<bool> Applier::can_assign(const Type& from_type, const Type& to_type) const {
  const Type from = base_of(from_type, schema_);
  const Type to = base_of(to_type, schema_);
  if (same_type(from, to)) return true;
  const Family a = family_of(from, schema_);
  const Family b = family_of(to, schema_);
  if (to.array_dimensions == 0 && b == Family::kText) return true;
  if ((from.array_dimensions != 0) != (to.array_dimensions != 0)) {
    const Family alone = from.array_dimensions != 0 ? b : a;
    return alone == Family::kOther ? std::nullopt : std::optional(false);
  }
  if (from.array_dimensions != 0 || a == Family::kOther || b == Family::kOther) return std::nullopt;
  return (is_number(a) && is_number(b)) || (a == b && (a == Family::kTime || a == Family::kJson));
}

void Applier::check_key_types(const Constraint& key, const Table& from, const Table& to) {
  for (size_t i = 0; i < key.columns.size() && i < key.referenced_columns.size(); ++i) {
    const Column* a = from.column(key.columns[i]);
    const Column* b = to.column(key.referenced_columns[i]);
    if (a == nullptr || b == nullptr || !a->known || !b->known) continue;
    const std::optional<bool> fits = can_refer(a->type, b->type);
    if (fits == true) continue;
    const std::string why = "the foreign key `" + key.name + "` of `" + from.name +
                            "` leads from `" + a->type.to_string() + "` to `" +
                            b->type.to_string() + "`";
    if (fits.has_value()) {
      fail(why);
    } else {
      may_fail(why);
    }
  }
}

/// The type of a default's own, in front of the cast to the column's: a number stays one.
static Type default_type(const Column& column) {
  const ExpressionText& value = *column.default_value;
  const bool draws = value.text.starts_with("nextval ");
  const size_t digit = value.text.starts_with("- ") ? 2 : value.text.starts_with("-") ? 1 : 0;
  const bool number =
      value.text.size() > digit && value.text[digit] >= '0' && value.text[digit] <= '9';
  if (!draws && !number) return column.type;
  Type out;
  out.name = value.text.find('.') == std::string::npos || draws ? "int8" : "numeric";
  return out;
}

void Applier::check_new_type(const Table& table, const Column& column, const Type& to) {
  if (column.default_value) {
    const std::optional<bool> fits = can_assign(default_type(column), to);
    const std::string why =
        "the default of `" + column.name + "` does not become `" + to.to_string() + "` by itself";
    if (fits == false) fail(why);
    if (!fits.has_value()) may_fail(why);
  }
  const std::string key = schema_.key(table.schema, table.name);
  Table changed = table;
  for (Shared<Column>& c : changed.columns) {
    if (c->name == column.name) c.edit().type = to;
  }
  schema_.for_each_table([&](const std::string& other, const Table& t) {
    for (const Constraint& c : t.constraints) {
      if (c.kind != sql::ConstraintKind::kForeignKey) continue;
      const bool from_here = other == key && contains(c.columns, column.name);
      const bool to_here = c.referenced_table == key && contains(c.referenced_columns, column.name);
      if (!from_here && !to_here) continue;
      const Table* target =
          c.referenced_table == key ? &changed : schema_.table(c.referenced_table);
      if (target != nullptr) check_key_types(c, other == key ? changed : t, *target);
    }
  });
}

}  // namespace belay::schema

#include "runtime/migrations/schema/table_edit.h"

#include <algorithm>
#include <utility>

#include "runtime/drivers/quote.h"

namespace belay::builder {
namespace {

bool is_of_table(const TableText& table, const TextConstraint& constraint) {
  return std::any_of(table.constraints().begin(), table.constraints().end(),
                     [&](const TextConstraint& c) { return c.range == constraint.range; });
}

ByteRange removal_of(const TableText& table, const TextConstraint& constraint) {
  return is_of_table(table, constraint) ? table.with_comma(constraint.range)
                                        : table.with_space(constraint.range);
}

std::string inserted(const TableText& table, uint32_t at, std::string text) {
  return edited(table.sql(), {{{at, at}, std::move(text)}});
}

}  // namespace

std::string edited(std::string_view text, std::vector<TextEdit> edits) {
  std::sort(edits.begin(), edits.end(),
            [](const TextEdit& a, const TextEdit& b) { return a.range.begin > b.range.begin; });
  std::string out(text);
  for (const TextEdit& edit : edits) {
    out.replace(edit.range.begin, edit.range.size(), edit.replacement);
  }
  return out;
}

std::string without_column(const TableText& table, const TextColumn& column) {
  return edited(table.sql(), {{table.with_comma(column.range), {}}});
}

std::string without_constraint(const TableText& table, const TextConstraint& constraint) {
  return edited(table.sql(), {{removal_of(table, constraint), {}}});
}

std::string with_column(const TableText& table, std::string_view definition) {
  return inserted(table, table.columns().back().range.end, ", " + std::string(definition));
}

std::string with_constraint(const TableText& table, std::string_view constraint) {
  const uint32_t end = table.constraints().empty() ? table.columns().back().range.end
                                                   : table.constraints().back().range.end;
  return inserted(table, end, ", " + std::string(constraint));
}

std::string with_type(const TableText& table, const TextColumn& column, std::string_view type) {
  const std::string space = column.type.empty() ? " " : "";
  return edited(table.sql(), {{column.type, space + std::string(type)}});
}

std::string with_column_constraint(const TableText& table, const TextColumn& column,
                                   TextConstraint::Kind kind, std::string_view constraint) {
  const TextConstraint* old = column.find(kind);
  if (old == nullptr && constraint.empty()) return table.sql();
  if (old == nullptr) return inserted(table, column.range.end, " " + std::string(constraint));
  if (constraint.empty()) return without_constraint(table, *old);
  return edited(table.sql(), {{old->range, std::string(constraint)}});
}

std::string detached(const TableText& table, std::string_view name) {
  std::vector<TextEdit> edits = {{table.name(), runtime::quote_name(name)}};
  for (const TextConstraint* constraint : table.all_constraints()) {
    if (constraint->kind != TextConstraint::Kind::kForeignKey) continue;
    edits.push_back({removal_of(table, *constraint), {}});
  }
  return edited(table.sql(), std::move(edits));
}

}  // namespace belay::builder

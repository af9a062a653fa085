#include <array>

#include "runtime/session/command.h"
#include "runtime/session/words.h"
#include "support/ascii.h"

namespace belay::runtime {
namespace {

bool is_true(const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return *number == 1;
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr && (*text == "t" || *text == "1" || ascii::lower(*text) == "true");
}

std::string shown(const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  if (const auto* real = std::get_if<double>(&value)) return std::to_string(*real);
  if (const auto* text = std::get_if<std::string>(&value)) {
    constexpr size_t kMost = 40;
    return "`" + text->substr(0, kMost) + "`";
  }
  return std::holds_alternative<Blob>(value) ? "bytes" : "NULL";
}

/// A single row counts as a verdict only under that name: `SELECT id FROM ...` that finds the row
/// with the id 1 must not pass.
ValidationResult judge(const std::string& name, const Rows& rows) {
  ValidationResult out{name, rows.rows.empty(), ""};
  if (out.passed) return out;
  const bool verdict = rows.rows.size() == 1 && rows.columns.size() == 1 &&
                       ascii::equal_ignoring_case(rows.columns[0], "ok");
  if (verdict) {
    out.passed = is_true(rows.rows[0][0]);
    if (!out.passed) out.message = "ok is " + shown(rows.rows[0][0]);
    return out;
  }
  out.message = "it gave " + counted(rows.rows.size(), "row");
  constexpr size_t kMost = 3;
  for (size_t i = 0; i < rows.rows.size() && i < kMost && !rows.columns.empty(); ++i) {
    out.message += (i == 0 ? ": " : ", ") + shown(rows.rows[i][0]);
  }
  if (rows.rows.size() > kMost) out.message += ", ...";
  return out;
}

}  // namespace

Result<std::vector<ValidationResult>> Session::validate(
    std::span<const ValidationQuery> queries) const {
  std::vector<ValidationResult> out;
  if (queries.empty()) return out;
  Result<Target> target = find_target(options_);
  if (!target) return std::move(target).error();
  Result<std::unique_ptr<Connection>> connection =
      target->driver->connect(Driver::Purpose::kLook, /*create=*/false);
  if (!connection) return std::move(connection).error();
  for (const ValidationQuery& query : queries) {
    Result<Rows> rows = (*connection)->query(query.sql);
    out.push_back(rows ? judge(query.name, *rows)
                       : ValidationResult{query.name, false, rows.error().to_string()});
  }
  return out;
}

}  // namespace belay::runtime

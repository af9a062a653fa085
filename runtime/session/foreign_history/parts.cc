#include "runtime/session/foreign_history/parts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include "runtime/io/clock.h"
#include "support/ascii.h"

namespace belay::runtime::foreign {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::system_clock;

std::string iso_of(int64_t epoch_ms) { return utc_text(Clock::time_point(milliseconds(epoch_ms))); }

/// Reads a text from its front.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<int> digits(size_t count) {
    if (rest_.size() < count) return std::nullopt;
    int out = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + count, out);
    if (error != std::errc{} || end != rest_.data() + count || rest_[0] == '-') return std::nullopt;
    rest_.remove_prefix(count);
    return out;
  }
  /// Thousandths of what follows a point.
  int fraction() {
    int out = 0;
    int weight = 100;
    while (!rest_.empty() && ascii::is_digit(rest_[0])) {
      out += weight * (rest_[0] - '0');
      weight /= 10;
      rest_.remove_prefix(1);
    }
    return out;
  }
  /// Minutes that the zone is ahead of UTC.
  std::optional<int> zone() {
    if (rest_.empty() || take('Z')) return 0;
    const bool ahead = take('+');
    if (!ahead && !take('-')) return std::nullopt;
    const std::optional<int> hours = digits(2);
    if (!hours) return std::nullopt;
    take(':');
    const std::optional<int> minutes = rest_.empty() ? 0 : digits(2);
    if (!minutes) return std::nullopt;
    constexpr int kMinutes = 60;
    return (ahead ? 1 : -1) * (*hours * kMinutes + *minutes);
  }

 private:
  std::string_view rest_;
};

std::optional<int64_t> epoch_of(std::string_view text) {
  TimeReader in(text);
  const auto year = in.digits(4);
  if (!year || !in.take('-')) return std::nullopt;
  const auto month = in.digits(2);
  if (!month || !in.take('-')) return std::nullopt;
  const auto day = in.digits(2);
  if (!day || (!in.take(' ') && !in.take('T'))) return std::nullopt;
  const auto hour = in.digits(2);
  if (!hour || !in.take(':')) return std::nullopt;
  const auto minute = in.digits(2);
  if (!minute || !in.take(':')) return std::nullopt;
  const auto second = in.digits(2);
  if (!second) return std::nullopt;
  const int fraction = in.take('.') ? in.fraction() : 0;
  in.take(' ');
  const std::optional<int> zone = in.zone();
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!zone || !in.done() || !date.ok()) return std::nullopt;
  const auto at = std::chrono::sys_days(date) + std::chrono::hours(*hour) +
                  std::chrono::minutes(*minute - *zone) + std::chrono::seconds(*second) +
                  milliseconds(fraction);
  return std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count();
}

}  // namespace

std::string quoted_name(const Connection& database, std::string_view name) {
  const bool ticks = database.engine() == Engine::kMysql || database.engine() == Engine::kMariadb;
  const char quote = ticks ? '`' : '"';
  std::string out(1, quote);
  for (const char c : name) {
    if (c == quote) out += c;
    out += c == '.' ? std::string{quote, '.', quote} : std::string(1, c);
  }
  return out + quote;
}

Result<bool> has_column(Connection& database, std::string_view table, std::string_view column) {
  const char* sql =
      "SELECT count(*) FROM information_schema.columns "
      "WHERE table_schema = database() AND table_name = ? AND column_name = ?";
  std::string name(table);
  if (database.engine() == Engine::kSqlite) {
    sql = "SELECT count(*) FROM pragma_table_info(?) WHERE name = ?";
  } else if (database.engine() == Engine::kPostgres) {
    // By the search path, as an unqualified name in a statement is found.
    sql =
        "SELECT count(*) FROM pg_attribute "
        "WHERE attrelid = to_regclass(?) AND attname = ? AND NOT attisdropped";
    name = quoted_name(database, table);
  }
  const std::array<Value, 2> parameters = {name, std::string(column)};
  Result<Rows> rows = database.query(sql, parameters);
  if (!rows) return std::move(rows).error();
  return rows->number() > 0;
}

Result<Rows> read_table(Connection& database, std::string_view tool, std::string_view table,
                        const std::string& sql) {
  Result<Rows> rows = database.query(sql);
  if (rows || database.last_error().busy) return rows;
  Error error = std::move(rows).error();
  error.message = "the table " + std::string(table) + " is not as " + std::string(tool) +
                  " makes it: " + error.message;
  error.hint = "name the tool with --from, and its table with --table";
  return error;
}

Result<bool> has_row(Connection& database, const std::string& from,
                     std::span<const Value> parameters) {
  Result<Rows> rows = database.query("SELECT count(*) FROM " + from, parameters);
  if (!rows) return std::move(rows).error();
  return rows->number() > 0;
}

Result<void> set_row(Connection& database, std::string_view table, const std::string& column,
                     const Value& value, ForeignState state) {
  if (state != ForeignState::kApplied && state != ForeignState::kPending) return {};
  const std::string name = quoted_name(database, table);
  const std::string about = name + " WHERE " + column + " = ?";
  if (state == ForeignState::kPending) return database.execute("DELETE FROM " + about, {&value, 1});
  Result<bool> there = has_row(database, about, {&value, 1});
  if (!there || *there) return there ? Result<void>() : std::move(there).error();
  return database.execute("INSERT INTO " + name + " (" + column + ") VALUES (?)", {&value, 1});
}

std::string text_of(const Rows& rows, size_t row, size_t column) {
  const Value& value = rows.rows[row][column];
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  return rows.text(row, column);
}

std::string utc_time(std::string_view text) {
  text = ascii::trim(text);
  if (is_number(text)) {
    int64_t ms = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
    return error == std::errc{} ? iso_of(ms) : "";
  }
  const std::optional<int64_t> at = epoch_of(text);
  return at ? iso_of(*at) : "";
}

int64_t epoch_milliseconds() {
  return std::chrono::duration_cast<milliseconds>(Clock::now().time_since_epoch()).count();
}

int compare_digits(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

int compare_parts(std::string_view a, std::string_view b) {
  const auto next = [](std::string_view& rest) {
    const size_t end = std::min(rest.find_first_of("._"), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
  };
  while (!a.empty() || !b.empty()) {
    const std::string_view part_a = next(a);
    const std::string_view part_b = next(b);
    if (const int order = compare_digits(part_a, part_b); order != 0) return order;
  }
  return 0;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), ascii::is_digit);
}

bool is_same_number(std::string_view a, std::string_view b) {
  return is_number(a) && is_number(b) && compare_digits(a, b) == 0;
}

}  // namespace belay::runtime::foreign

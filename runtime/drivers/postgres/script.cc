// As for SQLite: one transaction of ours wherever the server can do all of the script in one. What
// it cannot is a short list, which its manual gives with each command.
#include "runtime/drivers/postgres/script.h"

#include <string_view>
#include <utility>

#include "analyzer/text/splitter.h"
#include "runtime/drivers/batched_statements.h"
#include "runtime/drivers/places.h"
#include "runtime/drivers/statement_words.h"

namespace belay::runtime::postgres {
namespace {

using Kind = PlannedStatement::Kind;
using ascii::equal_ignoring_case;

bool mentions(const Words& words, size_t from, std::string_view word, size_t most) {
  for (size_t i = from; i < words.size() && i < from + most; ++i) {
    if (equal_ignoring_case(words[i], word)) return true;
  }
  return false;
}

/// What the server refuses inside a transaction block.
bool must_stand_alone(const Words& words) {
  const std::string_view first = words[0];
  if (equal_ignoring_case(first, "vacuum")) return true;
  if (equal_ignoring_case(first, "cluster")) return words.size() == 1;
  if (equal_ignoring_case(first, "reindex")) {
    return mentions(words, 1, "concurrently", 6) || mentions(words, 1, "database", 6) ||
           mentions(words, 1, "system", 6) || mentions(words, 1, "schema", 6);
  }
  if (is_any_of(first, {"create", "drop"})) {
    if (is_any_of(words[1], {"database", "tablespace", "subscription"})) return true;
    const size_t index = equal_ignoring_case(words[1], "unique") ? 2 : 1;
    return equal_ignoring_case(words[index], "index") &&
           equal_ignoring_case(words[index + 1], "concurrently");
  }
  if (!equal_ignoring_case(first, "alter")) return false;
  if (equal_ignoring_case(words[1], "system")) return true;
  if (equal_ignoring_case(words[1], "database")) return words.are(3, {"set", "tablespace"});
  if (equal_ignoring_case(words[1], "subscription")) return mentions(words, 3, "refresh", 1);
  return equal_ignoring_case(words[1], "table") && mentions(words, 2, "detach", 8) &&
         mentions(words, 2, "concurrently", 16);
}

Kind kind_of(const Words& words) {
  const std::string_view first = words[0];
  if (equal_ignoring_case(first, "begin") || words.are(0, {"start", "transaction"})) {
    return Kind::kBegin;
  }
  if (words.are(0, {"commit", "prepared"}) || words.are(0, {"rollback", "prepared"})) {
    return Kind::kBare;
  }
  if (is_any_of(first, {"commit", "end"})) return Kind::kCommit;
  if (equal_ignoring_case(first, "abort")) return Kind::kRollback;
  if (equal_ignoring_case(first, "rollback")) {
    const size_t to = is_any_of(words[1], {"transaction", "work"}) ? 2 : 1;
    return equal_ignoring_case(words[to], "to") ? Kind::kOrdinary : Kind::kRollback;
  }
  // Outside a block the server refuses SAVEPOINT; inside one it changes nothing about the block.
  return must_stand_alone(words) ? Kind::kBare : Kind::kOrdinary;
}

/// What the statement does to whole tables' rows, as far as its own words tell. Bodies of functions
/// run later, or out of sight.
void note_effects(const Words& words, std::vector<TableEffect>& effects) {
  using Effect = TableEffect::Kind;
  if (equal_ignoring_case(words[0], "create") && !mentions(words, 1, "as", words.size())) return;
  const auto behind = [&](size_t i, std::initializer_list<std::string_view> optional) {
    return words.are(i, optional) ? i + optional.size() : i;
  };
  if (words.are(0, {"drop", "table"})) {
    size_t i = behind(2, {"if", "exists"});
    do {
      effects.push_back({Effect::kDrops, words.name(i), {}});
    } while (words[i++] == ",");
    return;
  }
  if (equal_ignoring_case(words[0], "truncate")) {
    size_t i = behind(behind(1, {"table"}), {"only"});
    do {
      effects.push_back({Effect::kTakesRows, words.name(i), {}});
      if (words[i] == "*") ++i;
    } while (words[i++] == ",");
    return;
  }
  if (words.are(0, {"alter", "table"})) {
    size_t i = behind(behind(2, {"if", "exists"}), {"only"});
    std::string table = words.name(i);
    if (!words.are(i, {"rename", "to"})) return;
    i += 2;
    effects.push_back({Effect::kRenames, std::move(table), words.name(i)});
    return;
  }
  for (size_t i = 0; i < words.size(); ++i) {
    if (!words.are(i, {"delete", "from"})) continue;
    size_t name = behind(i + 2, {"only"});
    effects.push_back({Effect::kTakesRows, words.name(name), {}});
  }
}

class Planner {
 public:
  explicit Planner(const Script& script) : script_(script) {}

  Result<ScriptPlan> plan(bool transaction) {
    BELAY_TRY(read());
    size_t first = 0;
    size_t last = plan_.body.size();
    if (!transaction) {
      plan_.notes.emplace_back("it runs statement by statement, as it asks");
    } else if (has_own_transaction()) {
      ++first;
      --last;
      plan_.notes.emplace_back(
          "its own BEGIN and COMMIT are left out: it runs in a transaction with its row in the "
          "ledger");
    }
    plan_.one_transaction = transaction && can_be_one_transaction(first, last);
    if (plan_.one_transaction) {
      plan_.body.erase(plan_.body.begin() + static_cast<std::ptrdiff_t>(last), plan_.body.end());
      plan_.body.erase(plan_.body.begin(), plan_.body.begin() + static_cast<std::ptrdiff_t>(first));
    }
    note_batches(plan_);
    return std::move(plan_);
  }

 private:
  Result<void> read() {
    const std::string_view text = script_.sql;
    constexpr size_t kMaxBytes = size_t{1} << 30U;
    if (text.size() > kMaxBytes) {
      return error_at(script_, 0, "the script is larger than 1 GB", "split it");
    }
    if (const size_t nul = text.find('\0'); nul != std::string_view::npos) {
      return error_at(script_, nul, "the script holds a NUL byte",
                      "PostgreSQL would drop all that follows it; is the file in UTF-16?");
    }
    const uint32_t begin = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    Splitter splitter(text, {begin, static_cast<uint32_t>(text.size())}, belay::Engine::kPostgres);
    for (Segment segment; splitter.next(segment);) {
      switch (segment.kind) {
        case SegmentKind::kStatement: add(segment); break;
        case SegmentKind::kCopyData:
          if (!plan_.body.empty()) plan_.body.back().end = segment.end;
          break;
        case SegmentKind::kClientCommand:
          return error_at(script_, segment.range.begin,
                          "`" + std::string(segment.range.of(text)) +
                              "` is a command of psql, which the server does not know",
                          "leave it out of the migration");
      }
    }
    std::vector<PlannedStatement*> planned;
    for (PlannedStatement& statement : plan_.body) planned.push_back(&statement);
    return mark_batches(script_, belay::Engine::kPostgres, splitter.comments(), planned);
  }

  void add(const Segment& segment) {
    const Words words(script_.sql, segment.tokens);
    PlannedStatement& planned = plan_.body.emplace_back();
    planned.begin = segment.range.begin;
    planned.end = segment.end;
    planned.kind = kind_of(words);
    planned.sets_connection = is_any_of(words[0], {"set", "reset", "discard"});
    planned.locks_rows = is_any_of(words[0], {"insert", "update", "delete", "merge", "copy"});
    first_words_.push_back(ascii::upper(words[0]) +
                           (words.size() > 1 ? " " + ascii::upper(words[1]) : ""));
    note_effects(words, plan_.effects);
    const std::string_view text = segment.range.of(script_.sql);
    if (is_any_of(words[0], {"create", "drop", "alter"}) &&
        is_any_of(words[1], {"role", "user", "database", "tablespace", "system", "subscription"})) {
      plan_.beyond_guard.push_back("`" + shortened(text) +
                                   "` reaches beyond this database, and no snapshot of it brings "
                                   "that back");
    }
  }

  Kind kind(size_t i) const { return plan_.body[i].kind; }

  static bool controls_transaction(Kind kind) {
    return kind == Kind::kBegin || kind == Kind::kCommit || kind == Kind::kRollback;
  }

  bool has_own_transaction() const {
    const size_t size = plan_.body.size();
    if (size < 2 || kind(0) != Kind::kBegin || kind(size - 1) != Kind::kCommit) return false;
    for (size_t i = 1; i + 1 < size; ++i) {
      if (controls_transaction(kind(i))) return false;
    }
    return true;
  }

  bool can_be_one_transaction(size_t first, size_t last) {
    for (size_t i = first; i < last; ++i) {
      if (kind(i) == Kind::kBatch) {
        plan_.notes.emplace_back(
            "it runs statement by statement: what runs in batches is committed batch by batch");
        return false;
      }
      if (!controls_transaction(kind(i)) && kind(i) != Kind::kBare) continue;
      plan_.notes.push_back("it runs statement by statement: `" + first_words_[i] +
                            (kind(i) == Kind::kBare ? "` cannot run in a transaction"
                                                    : "` stands in the middle of it"));
      return false;
    }
    return true;
  }

  const Script& script_;
  ScriptPlan plan_;
  std::vector<std::string> first_words_;
};

/// The index that CREATE or DROP INDEX CONCURRENTLY is about, as it is written; empty for any other
/// statement, and for an index without a name.
std::string concurrent_index(const Words& words) {
  size_t i = words.are(1, {"unique"}) ? 2 : 1;
  if (!words.are(i, {"index", "concurrently"})) return {};
  i += 2;
  if (words.are(i, {"if", "not", "exists"})) i += 3;
  if (words.are(i, {"if", "exists"})) i += 2;
  if (equal_ignoring_case(words[i], "on")) return {};
  std::string name(words[i]);
  while (words[i + 1] == ".") {
    name += "." + std::string(words[i + 2]);
    i += 2;
  }
  return name;
}

}  // namespace

Result<bool> was_done(Connection& connection, const Script& script,
                      const PlannedStatement& statement) {
  Splitter splitter(script.sql, {statement.begin, statement.end}, belay::Engine::kPostgres);
  Segment segment;
  if (!splitter.next(segment)) return false;
  const Words words(script.sql, segment.tokens);
  const bool creates = equal_ignoring_case(words[0], "create");
  const std::string index = concurrent_index(words);
  if (index.empty()) return false;
  const Value name = index;
  Result<Rows> rows = connection.query(
      "SELECT i.indisvalid FROM pg_index i WHERE i.indexrelid = to_regclass(?)", {&name, 1});
  if (!rows) return std::move(rows).error();
  if (rows->rows.empty()) return !creates;
  if (rows->number() != 0) return creates;
  if (creates) BELAY_TRY(connection.execute("DROP INDEX CONCURRENTLY " + index));
  return false;
}

Result<ScriptPlan> plan_script(const Script& script, bool transaction) {
  return Planner(script).plan(transaction);
}

}  // namespace belay::runtime::postgres

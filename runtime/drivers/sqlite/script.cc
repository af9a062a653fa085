// A script is cut into statements, each is recognised by its first words, and from their sequence
// follows how the whole is run. The rule is: one transaction of ours wherever SQLite can do all of
// it in one, because then the script and its row in the ledger come and go together.
#include "runtime/drivers/sqlite/script.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "analyzer/text/splitter.h"
#include "runtime/drivers/batched_statements.h"
#include "runtime/drivers/places.h"
#include "runtime/drivers/statement_words.h"
#include "support/ascii.h"

namespace belay::runtime::sqlite {
namespace {

using Kind = PlannedStatement::Kind;
using ascii::equal_ignoring_case;

/// A statement as the planner sees it: its tokens stay with it.
struct Statement {
  PlannedStatement planned;
  std::vector<Token> tokens;
  std::string pragma;        ///< its name in lower case, where it is one
  bool sets_pragma = false;  ///< and gives a value
};

/// What SQLite refuses or ignores inside a transaction (pragma.html).
bool is_outside_pragma(std::string_view pragma) {
  return is_any_of(pragma, {"journal_mode", "synchronous", "wal_checkpoint", "temp_store",
                            "temp_store_directory", "locking_mode"});
}

/// What may stand before or behind a transaction without being part of it.
bool is_frame(const Statement& statement) {
  return statement.sets_pragma &&
         is_any_of(statement.pragma, {"foreign_keys", "synchronous", "temp_store"});
}

Kind kind_of(const Words& words, const Statement& statement) {
  const std::string_view first = words[0];
  if (equal_ignoring_case(first, "begin")) return Kind::kBegin;
  if (is_any_of(first, {"commit", "end"})) return Kind::kCommit;
  if (equal_ignoring_case(first, "savepoint")) return Kind::kSavepoint;
  if (equal_ignoring_case(first, "rollback")) {
    const size_t to = equal_ignoring_case(words[1], "transaction") ? 2 : 1;
    return equal_ignoring_case(words[to], "to") ? Kind::kOrdinary : Kind::kRollback;
  }
  if (is_any_of(first, {"vacuum", "attach", "detach"})) return Kind::kBare;
  if (is_outside_pragma(statement.pragma)) return Kind::kBare;
  return Kind::kOrdinary;
}

/// What the statement does to whole tables' rows. Bodies of triggers run later, so they do not
/// count.
void note_effects(const Words& words, std::vector<TableEffect>& effects) {
  using Effect = TableEffect::Kind;
  if (equal_ignoring_case(words[0], "create")) return;
  if (words.are(0, {"drop", "table"})) {
    size_t i = words.are(2, {"if", "exists"}) ? 4 : 2;
    effects.push_back({Effect::kDrops, words.name(i), {}});
    return;
  }
  if (words.are(0, {"alter", "table"})) {
    size_t i = 2;
    std::string table = words.name(i);
    if (!words.are(i, {"rename", "to"})) return;
    i += 2;
    effects.push_back({Effect::kRenames, std::move(table), words.name(i)});
    return;
  }
  for (size_t i = 0; i < words.size(); ++i) {
    size_t name = 0;
    if (words.are(i, {"delete", "from"}) || words.are(i, {"replace", "into"})) {
      name = i + 2;
    } else if (words.are(i, {"update", "or", "replace"})) {
      name = i + 3;
    } else {
      continue;
    }
    effects.push_back({Effect::kTakesRows, words.name(name), {}});
  }
}

class Planner {
 public:
  explicit Planner(const Script& script) : script_(script) {}

  Result<ScriptPlan> plan(bool transaction) {
    BELAY_TRY(read());
    if (transaction) {
      find_frame();
      strip_own_transaction();
      transaction = can_be_one_transaction();
    } else {
      plan_.notes.emplace_back("it runs statement by statement, as it asks");
    }
    plan_.one_transaction = transaction;
    if (!transaction) {
      first_ = frame_begin_ = 0;
      last_ = frame_end_ = statements_.size();
    }
    BELAY_TRY(check_foreign_keys_pragma());
    for (size_t i = 0; i < statements_.size(); ++i) {
      if (i < frame_begin_) plan_.before.push_back(statements_[i].planned);
      if (i >= first_ && i < last_) plan_.body.push_back(statements_[i].planned);
      if (i >= frame_end_) plan_.after.push_back(statements_[i].planned);
    }
    note_batches(plan_);
    return std::move(plan_);
  }

 private:
  Result<void> read() {
    const std::string_view text = script_.sql;
    if (text.size() > kMaxBytes) {
      return error_at(script_, 0, "the script is larger than 1 GB", "split it");
    }
    if (const size_t nul = text.find('\0'); nul != std::string_view::npos) {
      return error_at(script_, static_cast<uint32_t>(nul), "the script holds a NUL byte",
                      "SQLite would drop all that follows it; is the file in UTF-16?");
    }
    const uint32_t begin = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    Splitter splitter(text, {begin, static_cast<uint32_t>(text.size())}, belay::Engine::kSqlite);
    for (Segment segment; splitter.next(segment);) {
      if (segment.kind != SegmentKind::kStatement) {
        return error_at(
            script_, segment.range.begin,
            "`" + std::string(segment.range.of(text)) + "` is a command of SQLite's shell, not SQL",
            "leave it out of the migration");
      }
      add(segment);
    }
    last_ = frame_end_ = statements_.size();
    std::vector<PlannedStatement*> planned;
    for (Statement& statement : statements_) planned.push_back(&statement.planned);
    return mark_batches(script_, belay::Engine::kSqlite, splitter.comments(), planned);
  }

  void add(const Segment& segment) {
    Statement& statement = statements_.emplace_back();
    statement.tokens.assign(segment.tokens.begin(), segment.tokens.end());
    const Words words(script_.sql, statement.tokens);
    if (equal_ignoring_case(words[0], "pragma")) {
      size_t i = 1;
      statement.pragma = words.name(i);
      statement.sets_pragma = i < words.size();
    }
    PlannedStatement& planned = statement.planned;
    planned.begin = segment.range.begin;
    planned.end = segment.end;
    planned.kind = kind_of(words, statement);
    planned.sets_connection = is_any_of(words[0], {"pragma", "attach", "detach"});
    note_effects(words, plan_.effects);
    if (equal_ignoring_case(words[0], "attach")) {
      plan_.beyond_guard.push_back("`" + std::string(segment.range.of(script_.sql)) +
                                   "`: the snapshot does not hold the attached database");
    }
    if (words.are(0, {"vacuum"}) &&
        std::any_of(statement.tokens.begin(), statement.tokens.end(), [&](const Token& token) {
          return equal_ignoring_case(token.range.of(script_.sql), "into");
        })) {
      plan_.beyond_guard.push_back("`" + std::string(segment.range.of(script_.sql)) +
                                   "`: a rollback does not remove the file that it writes");
    }
  }

  Kind kind(size_t i) const { return statements_[i].planned.kind; }

  /// Leading and trailing settings of the connection stand outside the transaction.
  void find_frame() {
    while (frame_begin_ < frame_end_ && is_frame(statements_[frame_begin_])) ++frame_begin_;
    while (frame_end_ > frame_begin_ && is_frame(statements_[frame_end_ - 1])) --frame_end_;
    first_ = frame_begin_;
    last_ = frame_end_;
    if (frame_begin_ > 0 || frame_end_ < statements_.size()) {
      plan_.notes.emplace_back("its settings at the start and the end run outside the transaction");
    }
  }

  void strip_own_transaction() {
    if (last_ - first_ < 2 || kind(first_) != Kind::kBegin || kind(last_ - 1) != Kind::kCommit) {
      return;
    }
    for (size_t i = first_ + 1; i + 1 < last_; ++i) {
      if (is_transaction_control(kind(i))) return;
    }
    ++first_;
    --last_;
    plan_.notes.emplace_back(
        "its own BEGIN and COMMIT are left out: it runs in a transaction with its row in the "
        "ledger");
  }

  static bool is_transaction_control(Kind kind) {
    return kind == Kind::kBegin || kind == Kind::kCommit || kind == Kind::kRollback;
  }

  bool can_be_one_transaction() {
    for (size_t i = first_; i < last_; ++i) {
      if (kind(i) == Kind::kBatch) {
        plan_.notes.emplace_back(
            "it runs statement by statement: what runs in batches is committed batch by batch");
        return false;
      }
      if (!is_transaction_control(kind(i)) && kind(i) != Kind::kBare) continue;
      const Words words(script_.sql, statements_[i].tokens);
      std::string what = ascii::upper(words[0]);
      if (!statements_[i].pragma.empty()) what += " " + statements_[i].pragma;
      plan_.notes.push_back("it runs statement by statement: `" + what +
                            (kind(i) == Kind::kBare ? "` cannot run in a transaction"
                                                    : "` stands in the middle of it"));
      return false;
    }
    return true;
  }

  /// Inside a transaction SQLite ignores the setting without a word, and dropping the old table of
  /// a rebuild then deletes the rows that reference it.
  Result<void> check_foreign_keys_pragma() const {
    bool inside = plan_.one_transaction;
    for (size_t i = first_; i < last_; ++i) {
      if (!plan_.one_transaction) {
        if (kind(i) == Kind::kBegin || kind(i) == Kind::kSavepoint) inside = true;
        if (kind(i) == Kind::kCommit || kind(i) == Kind::kRollback) inside = false;
      }
      if (!inside || statements_[i].pragma != "foreign_keys" || !statements_[i].sets_pragma) {
        continue;
      }
      return error_at(script_, statements_[i].planned.begin,
                      "PRAGMA foreign_keys does nothing inside a transaction: SQLite ignores it "
                      "there, and dropping a table would still delete the rows that reference it",
                      "move it to the very start or end of the script, outside BEGIN and COMMIT");
    }
    return {};
  }

  static constexpr size_t kMaxBytes = size_t{1} << 30U;

  const Script& script_;
  ScriptPlan plan_;
  std::vector<Statement> statements_;
  size_t frame_begin_ = 0, frame_end_ = 0;  ///< all but the settings around it
  size_t first_ = 0, last_ = 0;             ///< the body
};

}  // namespace

Result<ScriptPlan> plan_script(const Script& script, bool transaction) {
  return Planner(script).plan(transaction);
}

}  // namespace belay::runtime::sqlite

// A rollback of several migrations runs their downs from the last on. Where each of them restores
// what was there before its up, the next finds exactly what its own up left, and there is nothing
// to check. Only what a down leaves behind is carried on, relation by relation, and only downs that
// mention something of it are replayed.

#include <algorithm>
#include <set>

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/schema/replay.h"
#include "support/ascii.h"

namespace belay::rules {
namespace {

constexpr Example kBad[] = {
    {.engine = Engine::kPostgres,
     .title = "A later down leaves a table behind that references this one",
     .before = "CREATE TABLE users (id bigint PRIMARY KEY);",
     .sql = "CREATE TABLE orders (id bigint PRIMARY KEY);",
     .down = "[[DROP TABLE orders]];",
     .later = "ALTER TABLE users ADD COLUMN name text;\n"
              "CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders);",
     .later_down = "ALTER TABLE users DROP COLUMN name;"},
};

constexpr Example kGood[] = {
    {.engine = Engine::kPostgres,
     .title = "What comes later is taken back first",
     .before = "CREATE TABLE users (id bigint PRIMARY KEY);",
     .sql = "CREATE TABLE orders (id bigint PRIMARY KEY);",
     .down = "DROP TABLE orders;",
     .later = "CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders);",
     .later_down = "DROP TABLE lines;"},
};

constexpr Descriptor kDescriptor = {
    .id = "down-ignores-later-migrations",
    .title = "The down fails behind the downs of later migrations",
    .category = Category::kRollback,
    .engines = {Engine::kPostgres, Engine::kSqlite},
    .severity = Severity::kWarning,
    .why =
        R"(Directly behind its up, this down runs. But later migrations build on what it takes away, and
their own downs leave something of that behind: rolling back from the last migration to this one
stops here. Tests that take each migration up and down on its own do not find it.)",
    .instead =
        R"(Complete the down of the later migration (`belay generate-down --complete`); where it was rolled
out already, let this down take away what is left, with IF EXISTS.)",
    .exemptions =
        R"(Silent beyond a migration that has no down, that is declared irreversible or whose verdict is not
known: nobody rolls back past it. Silent where the down fails anyway.)",
    .bad = kBad,
    .good = kGood,
};

using rollback::Verdict;

class Rollback {
 public:
  Rollback(const HistoryContext& history, Report& report) : h_(history), report_(report) {}

  void run() {
    for (size_t i = h_.migrations.size(); i-- > 0;) {
      if (h_.set.migrations[i].kind != project::Migration::Kind::kVersioned) continue;
      if (!step_back(i)) return;
    }
  }

 private:
  using Step = HistoryContext::Step;

  /// False where nobody rolls back any further.
  bool step_back(size_t index) {
    const Step& step = h_.migrations[index];
    const Verdict verdict = step.reversibility.verdict;
    if (!step.up || !step.down || verdict == Verdict::kUnknown ||
        verdict == Verdict::kDeclaredIrreversible) {
      return false;
    }
    // It has a finding of its own; what if it were mended?
    const schema::Schema& behind = verdict == Verdict::kDiffers ? step.after_down : step.before;
    if (!state_) {
      if (verdict != Verdict::kDiffers) return true;
      state_ = behind;
    } else {
      const schema::Schema::Difference left = schema::Schema::difference(step.after, *state_);
      if (left.other || mentions(step.down->text, *state_, left.relations)) {
        replay(index, left);
      } else {
        schema::Schema next = behind;
        for (const std::string& key : left.relations) next.copy_relation(key, *state_);
        state_ = std::move(next);
      }
    }
    if (schema::Schema::difference(step.before, *state_).empty()) state_.reset();
    return true;
  }

  /// Whether the text may concern one of the relations: it names them, or a table that they
  /// reference.
  static bool mentions(std::string_view text, const schema::Schema& schema,
                       const std::vector<std::string>& relations) {
    const auto named = [&](const std::string& key) {
      return ascii::contains_ignoring_case(text, key.substr(key.find('.') + 1));
    };
    return std::any_of(relations.begin(), relations.end(), [&](const std::string& key) {
      if (named(key)) return true;
      if (const schema::View* view = schema.view(key)) {
        return std::any_of(view->relations.begin(), view->relations.end(), named);
      }
      const schema::Table* table = schema.table(key);
      return table != nullptr &&
             std::any_of(table->constraints.begin(), table->constraints.end(), [&](const auto& c) {
               return !c->referenced_table.empty() && named(c->referenced_table);
             });
    });
  }

  void replay(size_t index, const schema::Schema::Difference& left) {
    const Step& step = h_.migrations[index];
    const bool fails_anyway = step.reversibility.verdict == Verdict::kDownFailed;
    const auto& statements = step.down->script.statements;
    bool told = fails_anyway;
    for (uint32_t s = 0; s < statements.size(); ++s) {
      if (statements[s].parsed == nullptr) continue;
      schema::Replay replay(*state_);
      std::optional<schema::Failure> failure;
      for (size_t o = 0; o < statements[s].parsed->operations.size() && !failure; ++o) {
        failure = replay.apply(*statements[s].parsed, o, {step.down->script_id(), s});
        if (failure && !failure->certain) failure.reset();
      }
      if (failure && !told) tell(index, s, *failure, left);
      told |= failure.has_value();
      if (!failure) state_ = std::move(replay).take();
    }
  }

  void tell(size_t index, uint32_t statement, const schema::Failure& failure,
            const schema::Schema::Difference& left) {
    const ScriptContext& down = *h_.migrations[index].down;
    const std::optional<schema::Origin> maker = maker_of(failure.message, left, index);
    std::string message = "Behind the downs of later migrations this fails: " + failure.message;
    if (maker) message += "; the down of " + code(name_of(*maker)) + " leaves it behind";
    FindingBuilder finding = report_.at(
        Place{down.location.path, down.script.statements[statement].range}, message + ".");
    if (!maker) return;
    if (const auto place = h_.place_of(*maker)) finding.related(*place, "It was made here.");
  }

  std::string name_of(const schema::Origin& origin) const {
    return h_.set.migrations[origin.migration()].id;
  }

  /// What made the thing that stands in the way: a relation that is left behind, or a part of one.
  std::optional<schema::Origin> maker_of(const std::string& message,
                                         const schema::Schema::Difference& left,
                                         size_t index) const {
    std::optional<schema::Origin> out;
    const auto consider = [&](const std::string& name, const schema::Origin& origin) {
      const bool later = origin.migration() > index && origin.migration() < h_.migrations.size();
      if (later && !name.empty() && message.find(name) != std::string::npos) out = origin;
    };
    for (const std::string& key : left.relations) {
      if (const schema::View* view = state_->view(key)) consider(view->name, view->origin);
      const schema::Table* table = state_->table(key);
      if (table == nullptr) continue;
      consider(table->name, table->origin);
      for (const auto& c : table->columns) consider(c->name, c->origin);
      for (const auto& c : table->constraints) consider(c->name, c->origin);
      for (const auto& i : table->indexes) consider(i->name, i->origin);
    }
    return out;
  }

  const HistoryContext& h_;
  Report& report_;
  /// What the downs so far lead to; none where it is what the next migration's up left.
  std::optional<schema::Schema> state_;
};

void check(const HistoryContext& history, Report& report) { Rollback(history, report).run(); }

}  // namespace

Rule make_down_ignores_later_migrations() { return {&kDescriptor, {}, nullptr, check}; }

}  // namespace belay::rules

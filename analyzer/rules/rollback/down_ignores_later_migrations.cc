// A rollback of several migrations runs their downs from the last on. Where each of them restores
// what was there before its up, the next finds exactly what its own up left, and there is nothing
// to check. Only what a down leaves behind or does not bring back is carried on, object by object,
// and only downs that mention something of it are replayed.

#include <algorithm>
#include <set>

#include "analyzer/rules/helpers.h"
#include "analyzer/rules/registry.h"
#include "analyzer/schema/compare.h"
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
    if (!left_.empty() && mentions_what_is_left(step.down->text)) {
      replay(index);
    } else if (verdict == Verdict::kDiffers) {
      leave(with_what_is_left(step.after_down), step.before);
    }
    return true;
  }

  /// Goes on with a schema that should be `wanted`. That something has another default or type, or
  /// stands elsewhere, stops no down.
  void leave(schema::Schema schema, const schema::Schema& wanted) {
    std::set<std::string> differing;
    for (const schema::Change& change : schema::compare(wanted, schema)) {
      if (change.order_only || change.how == schema::Change::How::kChanged) continue;
      const std::string& whole = change.table.empty() ? change.name : change.table;
      differing.insert(whole.substr(0, whole.find('(')));
    }
    left_.clear();
    schema::Schema::for_each_difference(
        wanted, schema,
        [&](const std::string& key, const schema::Object* /*wanted*/,
            const schema::Object* /*there*/) {
          const std::string name = schema.display(key.substr(key.find(' ') + 1));
          if (differing.contains(name)) left_.push_back(key);
        });
    names_.clear();
    for (const std::string& key : left_) add_names(schema, key);
    there_ = std::move(schema);
  }

  schema::Schema with_what_is_left(schema::Schema schema) const {
    for (const std::string& key : left_) schema.copy_object(key, *there_);
    return schema;
  }

  /// The names in a statement that may concern the object: its own, and those of what it needs.
  void add_names(const schema::Schema& schema, const std::string& key) {
    const auto add = [&](std::string_view full) {
      names_.insert(std::string(full.substr(full.find_last_of(". ") + 1)));
    };
    add(key);
    if (const schema::View* view = schema.view(key)) {
      for (const std::string& relation : view->relations) add(relation);
    }
    const schema::Table* table = schema.table(key);
    if (table == nullptr) return;
    for (const schema::Constraint& c : table->constraints) {
      if (!c.referenced_table.empty()) add(c.referenced_table);
    }
    for (const schema::Column& c : table->columns) {
      if (schema.type(c.type.name) != nullptr) add(c.type.name);
    }
    for (const schema::Trigger& t : table->triggers) {
      if (!t.function.empty()) add(t.function);
    }
  }

  bool mentions_what_is_left(std::string_view text) const {
    return std::any_of(names_.begin(), names_.end(), [&](const std::string& name) {
      return ascii::contains_ignoring_case(text, name);
    });
  }

  void replay(size_t index) {
    const Step& step = h_.migrations[index];
    schema::Schema state = with_what_is_left(step.after);
    // It has a finding of its own.
    bool told = step.reversibility.verdict == Verdict::kDownFailed;
    const auto& statements = step.down->script.statements;
    for (uint32_t s = 0; s < statements.size(); ++s) {
      if (statements[s].parsed == nullptr) continue;
      schema::Replay replay(state);
      std::optional<schema::Failure> failure;
      for (size_t o = 0; o < statements[s].parsed->operations.size() && !failure; ++o) {
        failure = replay.apply(*statements[s].parsed, o, {step.down->script_id(), s});
        if (failure && !failure->certain) failure.reset();
      }
      if (failure && !told) tell(index, s, *failure, state);
      told |= failure.has_value();
      if (!failure) state = std::move(replay).take();
    }
    leave(std::move(state), step.before);
  }

  void tell(size_t index, uint32_t statement, const schema::Failure& failure,
            const schema::Schema& state) {
    const ScriptContext& down = *h_.migrations[index].down;
    const std::optional<schema::Origin> maker = maker_of(failure.message, index, state);
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
  std::optional<schema::Origin> maker_of(const std::string& message, size_t index,
                                         const schema::Schema& state) const {
    std::optional<schema::Origin> out;
    const auto consider = [&](const std::string& name, const schema::Origin& origin) {
      const bool later = origin.migration() > index && origin.migration() < h_.migrations.size();
      if (later && !name.empty() && message.find(name) != std::string::npos) out = origin;
    };
    for (const std::string& key : left_) {
      if (const schema::View* view = state.view(key)) consider(view->name, view->origin);
      const schema::Table* table = state.table(key);
      if (table == nullptr) continue;
      consider(table->name, table->origin);
      for (const schema::Column& c : table->columns) consider(c.name, c.origin);
      for (const schema::Constraint& c : table->constraints) consider(c.name, c.origin);
      for (const schema::Index& i : table->indexes) consider(i.name, i.origin);
    }
    return out;
  }

  const HistoryContext& h_;
  Report& report_;
  /// The keys of what the downs so far did not bring back to what it was, or left behind.
  std::vector<std::string> left_;
  std::set<std::string> names_;          ///< by which a statement may concern them
  std::optional<schema::Schema> there_;  ///< a schema in which they are as they were left
};

void check(const HistoryContext& history, Report& report) { Rollback(history, report).run(); }

}  // namespace

Rule make_down_ignores_later_migrations() { return {&kDescriptor, {}, nullptr, check}; }

}  // namespace belay::rules

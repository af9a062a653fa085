#include "analyzer/rollback/reversibility.h"

#include <algorithm>

#include "analyzer/effects/type_change.h"
#include "analyzer/rollback/rerun.h"
#include "analyzer/sql/routine_body.h"

namespace belay::rollback {
namespace {

using effects::ValueChange;
using project::Direction;

const sql::Operation& operation_of(const Run& run, const RunStep& step) {
  return run.script->statements[step.statement].parsed->operations[step.operation];
}

/// PostgreSQL refuses these inside a transaction block.
const char* refused_in_transaction(const sql::Operation& operation) {
  if (const auto* op = operation.as<sql::CreateIndex>(); op != nullptr && op->concurrently) {
    return "CREATE INDEX CONCURRENTLY";
  }
  if (const auto* op = operation.as<sql::DropIndex>(); op != nullptr && op->concurrently) {
    return "DROP INDEX CONCURRENTLY";
  }
  if (const auto* op = operation.as<sql::Reindex>(); op != nullptr && op->concurrently) {
    return "REINDEX CONCURRENTLY";
  }
  if (const auto* op = operation.as<sql::DetachPartition>(); op != nullptr && op->concurrently) {
    return "DETACH PARTITION CONCURRENTLY";
  }
  if (const auto* op = operation.as<sql::Maintenance>();
      op != nullptr && (op->kind == sql::Maintenance::Kind::kVacuum ||
                        op->kind == sql::Maintenance::Kind::kVacuumFull)) {
    return "VACUUM";
  }
  return nullptr;
}

/// A block that raises an exception whatever it finds.
bool refuses(const sql::Operation& operation) {
  const auto* block = operation.as<sql::DoBlock>();
  return block != nullptr && block->code != nullptr && block->code->refusal() != nullptr;
}

class Judge {
 public:
  explicit Judge(const ReversibilityInput& input) : in_(input) {}

  Reversibility run() && {
    collect_losses();
    decide();
    return std::move(out_);
  }

 private:
  void say(Verdict verdict, std::string reason, std::optional<RunPlace> place = std::nullopt) {
    out_.verdict = verdict;
    out_.reason = std::move(reason);
    out_.place = place;
  }

  void decide() {
    if (!in_.down) {
      return say(Verdict::kNoDown,
                 in_.one_way ? "the migration is declared one-way" : "the migration has no down");
    }
    if (declares_irreversible()) return;
    if (up_fails() || down_fails()) return;
    if (is_uncertain()) return;
    out_.differences = schema::compare(in_.before, *in_.after_down);
    const auto& changes = out_.differences;
    const auto real = std::find_if(changes.begin(), changes.end(), [](const schema::Change& c) {
      return c.certain && !c.order_only;
    });
    if (real != changes.end()) {
      const size_t more = static_cast<size_t>(
          std::count_if(changes.begin(), changes.end(),
                        [](const schema::Change& c) { return c.certain && !c.order_only; }) -
          1);
      return say(Verdict::kDiffers,
                 real->to_string() + (more == 0 ? "" : ", and " + std::to_string(more) + " more"));
    }
    if (up_drops_what_nobody_made()) return;
    if (may_fail_) return say(Verdict::kUnknown, may_fail_->first, may_fail_->second);
    const auto unsure = std::find_if(changes.begin(), changes.end(),
                                     [](const schema::Change& c) { return !c.certain; });
    if (unsure != changes.end()) {
      return say(Verdict::kUnknown,
                 "no migration tells what " + unsure->table + "." + unsure->name + " was before");
    }
    if (!changes.empty()) return say(Verdict::kRestoredButOrder, changes.front().to_string());
    if (const Loss* loss = out_.lasting_loss()) {
      return say(Verdict::kRestoredDataLost,
                 "the schema comes back, but not " + loss->what.to_string());
    }
    say(Verdict::kRestored, "the down brings back the schema as it was");
  }

  bool declares_irreversible() {
    if (in_.down_throws) {
      say(Verdict::kDeclaredIrreversible, "the down refuses on purpose");
      return true;
    }
    for (const RunStep& step : in_.down->steps) {
      const sql::Operation& operation = operation_of(*in_.down, step);
      if (changes_nothing(operation)) continue;
      if (!refuses(operation)) return false;
      say(Verdict::kDeclaredIrreversible, "the down refuses on purpose",
          RunPlace{Direction::kDown, step.statement});
      return true;
    }
    if (!in_.down->script->irreversible) return false;
    say(Verdict::kDeclaredIrreversible, "the down does nothing and says so: irreversible");
    return true;
  }

  bool up_fails() {
    for (const RunStep& step : in_.up.steps) {
      if (!*step.failure || !(*step.failure)->certain) continue;
      say(Verdict::kUnknown, "the up itself stops: " + (*step.failure)->message,
          RunPlace{Direction::kUp, step.statement});
      return true;
    }
    return false;
  }

  /// What the up takes away and no migration made is in neither schema: that the two are equal says
  /// nothing of it.
  bool up_drops_what_nobody_made() {
    for (const RunStep& step : in_.up.steps) {
      const sql::Operation& operation = operation_of(in_.up, step);
      const bool drops =
          operation.as<sql::DropTable>() != nullptr || operation.as<sql::DropColumn>() != nullptr ||
          operation.as<sql::DropConstraint>() != nullptr ||
          operation.as<sql::DropIndex>() != nullptr || operation.as<sql::DropObject>() != nullptr;
      if (!drops || !*step.failure || !(*step.failure)->outside) continue;
      say(Verdict::kUnknown, "the up drops something, and " + (*step.failure)->message,
          RunPlace{Direction::kUp, step.statement});
      return true;
    }
    return false;
  }

  bool down_fails() {
    for (const RunStep& step : in_.down->steps) {
      const RunPlace place{Direction::kDown, step.statement};
      const sql::Operation& operation = operation_of(*in_.down, step);
      const char* refused =
          step.in_transaction && is_postgres() ? refused_in_transaction(operation) : nullptr;
      if (refused != nullptr) {
        say(Verdict::kDownFailed,
            std::string(refused) + " cannot run inside the transaction that the runner opens",
            place);
        return true;
      }
      const sql::ParsedStatement& statement = *in_.down->script->statements[step.statement].parsed;
      if (!statement.problems.empty()) {
        say(Verdict::kDownFailed, statement.problems.front().message, place);
        return true;
      }
      if (!*step.failure) continue;
      if (is_uncertain()) return true;
      const schema::Failure& failure = **step.failure;
      if (failure.certain) {
        say(Verdict::kDownFailed, failure.message, place);
        out_.runs_behind = runs_behind(*in_.down->script, step.statement, in_.before, in_.after_up);
        return true;
      }
      if (!may_fail_) may_fail_.emplace(failure.message, place);
      out_.down_may_stop = true;
    }
    return false;
  }

  bool is_postgres() const { return in_.before.dialect().engine == Engine::kPostgres; }

  bool is_uncertain() {
    const auto& all = in_.after_down->uncertainties();
    const size_t known = in_.before.uncertainties().size();
    if (all.size() <= known) return false;
    const schema::Uncertainty& first = all[known];
    const bool in_down = first.origin.script % 2 == 1;
    say(Verdict::kUnknown, "what it does is not known: " + first.why,
        RunPlace{in_down ? Direction::kDown : Direction::kUp, first.origin.statement});
    return true;
  }

  // --- data
  void collect_losses() {
    collect(in_.up, Direction::kUp, out_.lost_by_up);
    if (in_.down) collect(*in_.down, Direction::kDown, out_.lost_by_down);
  }

  void collect(const Run& run, Direction direction, std::vector<Loss>& out) {
    for (const RunStep& step : run.steps) {
      for (const DataLoss& loss : *step.losses) {
        Loss item{loss, {direction, step.statement}, false};
        item.written_since = direction == Direction::kDown && is_new(loss);
        out.push_back(std::move(item));
      }
    }
  }

  /// Whether what the down destroys was not there before the up.
  bool is_new(const DataLoss& loss) const {
    const size_t dot = loss.table.find('.');
    const std::string key = dot == std::string::npos ? in_.before.key("", loss.table) : loss.table;
    const schema::Table* before = in_.before.table(key);
    const schema::Table* now = in_.after_up.table(key);
    if (before == nullptr) return now == nullptr || now->known || up_adds(key, loss.column);
    if (loss.kind == DataLoss::Kind::kPrecision) return is_narrowed_back(loss, *before, now);
    if (loss.column.empty()) {
      // Rows that the up put in may go again.
      const bool some = loss.kind == DataLoss::Kind::kSomeRows;
      return some && up_inserts_into(key);
    }
    return before->complete && before->column(loss.column) == nullptr;
  }

  /// Whether a column gets a type back that holds all that it held before the up.
  static bool is_narrowed_back(const DataLoss& loss, const schema::Table& before,
                               const schema::Table* now) {
    const schema::Column* old_column = before.column(loss.column);
    const schema::Column* wide = now == nullptr ? nullptr : now->column(loss.column);
    if (old_column == nullptr || wide == nullptr) return false;
    return old_column->known && loss.narrowed_to &&
           effects::value_change(old_column->type, *loss.narrowed_to) == ValueChange::kKept &&
           effects::value_change(old_column->type, wide->type) == ValueChange::kKept;
  }

  /// With IF NOT EXISTS it may have been there.
  bool up_adds(const std::string& key, const std::string& column) const {
    return std::any_of(in_.up.steps.begin(), in_.up.steps.end(), [&](const RunStep& step) {
      const auto* add = operation_of(in_.up, step).as<sql::AddColumn>();
      return add != nullptr && !add->if_not_exists && add->column.name.id == column &&
             in_.before.key(add->table.name) == key;
    });
  }

  bool up_inserts_into(const std::string& key) const {
    return std::any_of(in_.up.steps.begin(), in_.up.steps.end(), [&](const RunStep& step) {
      const auto* insert = operation_of(in_.up, step).as<sql::Insert>();
      return insert != nullptr && in_.before.key(insert->table) == key;
    });
  }

  const ReversibilityInput& in_;
  /// What the down may stop at: then it does not restore, or it does.
  std::optional<std::pair<std::string, RunPlace>> may_fail_;
  Reversibility out_;
};

}  // namespace

bool changes_nothing(const sql::Operation& operation) {
  return operation.as<sql::Select>() != nullptr || operation.as<sql::NoChange>() != nullptr ||
         operation.as<sql::Transaction>() != nullptr ||
         operation.as<sql::SetVariable>() != nullptr || operation.as<sql::Pragma>() != nullptr;
}

const Loss* Reversibility::lasting_loss() const {
  for (const std::vector<Loss>* losses : {&lost_by_up, &lost_by_down}) {
    for (const Loss& loss : *losses) {
      if (!loss.written_since) return &loss;
    }
  }
  return nullptr;
}

Reversibility judge(const ReversibilityInput& input) { return Judge(input).run(); }

}  // namespace belay::rollback

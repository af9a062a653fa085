#include "workbench/guard_advice.h"

#include <set>
#include <type_traits>
#include <utility>
#include <variant>

#include "analyzer/rollback/data_loss.h"
#include "support/contains.h"

namespace belay::workbench {
namespace {

template <class T, class... Kinds>
constexpr bool is_one_of = (std::is_same_v<T, Kinds> || ...);

bool is_of_a_table(sql::ObjectKind kind) {
  using Kind = sql::ObjectKind;
  return kind == Kind::kTable || kind == Kind::kColumn || kind == Kind::kIndex ||
         kind == Kind::kConstraint;
}

/// Whether putting back the tables that it touches, and dropping what is new, undoes it.
bool is_about_tables(const sql::OperationData& operation) {
  return std::visit(
      [](const auto& op) {
        using T = std::decay_t<decltype(op)>;
        if constexpr (std::is_same_v<T, sql::CreateView>) {
          return !op.or_replace && !op.materialized;
        } else if constexpr (std::is_same_v<T, sql::CreateFunction>) {
          return !op.or_replace;
        } else if constexpr (std::is_same_v<T, sql::Comment>) {
          return is_of_a_table(op.kind) && (op.kind != sql::ObjectKind::kIndex);
        } else if constexpr (std::is_same_v<T, sql::Grant>) {
          return op.kind == sql::ObjectKind::kTable && !op.all_in_schema && !op.default_privileges;
        } else {
          return is_one_of<T, sql::CreateTable, sql::DropTable, sql::RenameTable, sql::Truncate,
                           sql::AddColumn, sql::DropColumn, sql::RenameColumn, sql::AlterColumnType,
                           sql::SetDefault, sql::DropDefault, sql::SetNotNull, sql::DropNotNull,
                           sql::AlterIdentity, sql::SetColumnOption, sql::AddConstraint,
                           sql::DropConstraint, sql::ValidateConstraint, sql::RenameConstraint,
                           sql::CreateIndex, sql::DropIndex, sql::Reindex, sql::CreateSequence,
                           sql::CreateType, sql::CreateDomain, sql::CreatePolicy, sql::CreateSchema,
                           sql::Insert, sql::Update, sql::Delete, sql::Transaction,
                           sql::SetVariable, sql::LockTable, sql::NoChange>;
        }
      },
      operation);
}

/// Whether it makes something new and leaves all that is there as it is.
bool only_adds(const sql::OperationData& operation) {
  if (!is_about_tables(operation)) return false;
  return std::visit(
      [](const auto& op) {
        using T = std::decay_t<decltype(op)>;
        return is_one_of<T, sql::CreateTable, sql::CreateIndex, sql::CreateView,
                         sql::CreateFunction, sql::CreateSequence, sql::CreateType,
                         sql::CreateDomain, sql::CreateSchema, sql::Transaction, sql::SetVariable,
                         sql::LockTable, sql::NoChange>;
      },
      operation);
}

/// The table that an operation names without locking it as the effects know it.
void add_named(const sql::OperationData& operation, std::set<std::string>& tables) {
  const auto add = [&](const sql::QualifiedName& name) { tables.insert(name.to_string()); };
  if (const auto* comment = std::get_if<sql::Comment>(&operation)) {
    add(comment->kind == sql::ObjectKind::kTable ? comment->name : comment->table);
  } else if (const auto* grant = std::get_if<sql::Grant>(&operation)) {
    for (const sql::QualifiedName& name : grant->objects) add(name);
  }
}

/// What a script touches, gathered operation by operation.
class Gatherer {
 public:
  void add(const sql::Operation& operation, const rules::ScriptTrace::Step& step) {
    const bool adds = step.effect.unknown.empty() && only_adds(operation.data);
    only_adds_ = only_adds_ && adds;
    for (const effects::RelationEffect& r : step.effect.relations) {
      if (!adds) touched_.insert(r.relation);
    }
    add_named(operation.data, touched_);
    for (const rollback::DataLoss& loss : step.losses) {
      using Kind = rollback::DataLoss::Kind;
      if (loss.kind == Kind::kTable || loss.kind == Kind::kAllRows ||
          loss.kind == Kind::kSomeRows) {
        losing_.insert(loss.table);
      }
    }
    if (!beyond_tables_.empty()) return;
    if (!step.effect.unknown.empty()) {
      beyond_tables_ = "it is not known what is touched: " + step.effect.unknown;
    } else if (!is_about_tables(operation.data)) {
      beyond_tables_ = "a statement is about more than tables";
    }
  }

  runtime::GuardAdvice advice() && {
    runtime::GuardAdvice out;
    const bool tables = beyond_tables_.empty();
    if (only_adds_) {
      out.guard = runtime::Guard::kTransaction;
      out.reason = "it only makes something new";
      return out;
    }
    out.guard = tables ? runtime::Guard::kTables : runtime::Guard::kDatabase;
    out.tables.assign(touched_.begin(), touched_.end());
    out.losing_rows.assign(losing_.begin(), losing_.end());
    out.reason = tables ? "nothing but tables is touched" : beyond_tables_;
    return out;
  }

 private:
  std::set<std::string> touched_;
  std::set<std::string> losing_;
  bool only_adds_ = true;
  std::string beyond_tables_;  ///< why tables are not enough; empty while they are
};

void merge(std::vector<std::string>& all, const std::vector<std::string>& more) {
  std::set<std::string> merged(all.begin(), all.end());
  merged.insert(more.begin(), more.end());
  all.assign(merged.begin(), merged.end());
}

}  // namespace

runtime::GuardAdvice guard_advice(const AnalyzedScript& script) {
  Gatherer gatherer;
  for (const rules::ScriptTrace::Step& step : script.result->trace.steps) {
    gatherer.add(script.parsed->statements[step.statement].parsed->operations[step.operation],
                 step);
  }
  return std::move(gatherer).advice();
}

runtime::GuardAdvice guard_advice(std::span<const runtime::MigrationScript> migrations,
                                  const std::vector<std::string>& pending) {
  runtime::GuardAdvice out;
  out.reason = "nothing is pending yet";
  bool first = true;
  for (const runtime::MigrationScript& migration : migrations) {
    if (!contains(pending, migration.display_name())) continue;
    if (!migration.up_touches) return {};
    const runtime::GuardAdvice& more = *migration.up_touches;
    merge(out.tables, more.tables);
    merge(out.losing_rows, more.losing_rows);
    // From the cheapest guard to the dearest.
    if (first || more.guard > out.guard) {
      out.guard = more.guard;
      const bool whole = more.guard == runtime::Guard::kDatabase;
      out.reason = (whole ? migration.display_name() + ": " : "") + more.reason;
    }
    first = false;
  }
  return out;
}

}  // namespace belay::workbench

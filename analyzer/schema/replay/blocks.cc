// Anonymous blocks: their steps in order, as far as the schema decides which of them run.

#include <algorithm>

#include "analyzer/schema/replay/applier.h"
#include "analyzer/sql/routine_body.h"

namespace belay::schema {

using sql::ExistenceGuard;
using sql::ObjectKind;
using sql::Step;

/// Whether a step, or one within it, may change the schema or rows.
static bool may_change(const std::vector<Step>& steps) {
  bool out = false;
  sql::for_each_step(steps, [&](const Step& step) {
    out |= !step.calls.empty();
    for (const sql::Operation& o : step.operations) {
      out |= o.as<sql::Select>() == nullptr && o.as<sql::NoChange>() == nullptr;
    }
  });
  return out;
}

static bool may_raise(const std::vector<Step>& steps) {
  bool out = false;
  sql::for_each_step(steps, [&](const Step& step) { out |= step.raise && step.raise->aborts(); });
  return out;
}

std::optional<bool> Applier::relation_exists(const ExistenceGuard& guard) const {
  using Kind = ExistenceGuard::Kind;
  const std::string key = schema_.key(guard.name);
  if (!schema_.has_relation(key)) return false;
  const Table* table = schema_.table(key);
  const View* view = schema_.view(key);
  switch (guard.kind) {
    case Kind::kTable: return table != nullptr;
    case Kind::kPlainTable: return table != nullptr && !table->partitioned;
    case Kind::kTableOrView: return table != nullptr || (view != nullptr && !view->materialized);
    case Kind::kView: return view != nullptr && !view->materialized;
    case Kind::kMaterializedView: return view != nullptr && view->materialized;
    case Kind::kSequence: return schema_.sequence(key) != nullptr;
    case Kind::kIndex:
    case Kind::kPlainIndex: return schema_.table_of_index(key) != nullptr;
    default: return true;
  }
}

/// Whether a table that fits the guard's owner has what `holds` looks for.
template <class Holds>
std::optional<bool> Applier::part_exists(const ExistenceGuard& guard, Holds holds) const {
  if (!guard.owner.empty()) {
    const Table* table = schema_.table(guard.owner);
    if (table == nullptr)
      return schema_.has_relation(schema_.key(guard.owner)) ? std::nullopt : std::optional(false);
    if (holds(*table)) return true;
    return table->complete ? std::optional(false) : std::nullopt;
  }
  bool found = false;
  bool all_known = true;
  schema_.for_each_table([&](const std::string&, const Table& table) {
    found |= holds(table);
    all_known &= table.complete;
  });
  if (found) return true;
  return all_known ? std::optional(false) : std::nullopt;
}

std::optional<bool> Applier::exists(const ExistenceGuard& guard) const {
  using Kind = ExistenceGuard::Kind;
  // What is not known may have made it.
  if (!schema_.uncertainties().empty()) return std::nullopt;
  const std::string& name = guard.name.name.id;
  const auto named = [&](const auto& items) {
    return std::any_of(items.begin(), items.end(),
                       [&](const auto& item) { return name.empty() || item->name == name; });
  };
  switch (guard.kind) {
    case Kind::kColumn:
      return part_exists(guard, [&](const Table& t) { return t.column(name) != nullptr; });
    case Kind::kConstraint:
      return part_exists(guard, [&](const Table& t) {
        return std::any_of(t.constraints.begin(), t.constraints.end(), [&](const Constraint& c) {
          return (name.empty() || c.name == name) &&
                 (!guard.constraint_kind || *guard.constraint_kind == c.kind);
        });
      });
    case Kind::kTrigger:
      return part_exists(guard, [&](const Table& t) { return named(t.triggers); });
    case Kind::kPolicy:
      return part_exists(guard, [&](const Table& t) {
        return std::any_of(t.rules.begin(), t.rules.end(), [&](const TableRule& r) {
          return r.kind == ObjectKind::kPolicy && (name.empty() || r.name == name);
        });
      });
    case Kind::kType: {
      const std::string key = schema_.key(guard.name);
      return schema_.type_at(key) != nullptr || schema_.table(key) != nullptr ||
             schema_.view(key) != nullptr;
    }
    case Kind::kEnumType:
    case Kind::kDomain: return schema_.type_at(schema_.key(guard.name)) != nullptr;
    case Kind::kEnumValue: {
      const UserType* type = schema_.type_at(schema_.key(guard.owner));
      if (type == nullptr) return std::nullopt;
      return contains(type->values, name);
    }
    case Kind::kFunction: return schema_.functions(guard.name) != nullptr;
    case Kind::kSchema:
      return schema_.other(Schema::other_key(ObjectKind::kSchema, name)) != nullptr;
    case Kind::kExtension:
      return schema_.other(Schema::other_key(ObjectKind::kExtension, name)) != nullptr;
    case Kind::kRole: return std::nullopt;
    default: return relation_exists(guard);
  }
}

std::optional<bool> Applier::holds(const sql::Condition& condition) const {
  if (!condition.is_known()) return std::nullopt;
  bool all = true;
  for (const ExistenceGuard& guard : condition.all_of) {
    const std::optional<bool> there = exists(guard);
    if (!there) return std::nullopt;
    all &= *there == guard.must_exist;
  }
  return all != condition.negated;
}

void Applier::run_perhaps(const std::vector<Step>& steps, std::string_view why) {
  if (may_change(steps)) {
    uncertain(std::string(why));
  } else if (may_raise(steps)) {
    may_fail("the block may raise an exception");
  }
}

bool Applier::run_branches(const Step& step) {
  for (const sql::Branch& branch : step.branches) {
    if (!branch.condition) return run_steps(branch.steps);
    const std::optional<bool> taken = holds(*branch.condition);
    if (taken && *taken) return run_steps(branch.steps);
    if (taken) continue;
    for (const sql::Branch& other : step.branches) {
      run_perhaps(other.steps, "a block decides by a condition as it runs");
    }
    return true;
  }
  return true;
}

bool Applier::run_block(const Step& step) {
  if (step.handlers.empty()) {
    return step.branches.empty() || run_steps(step.branches.front().steps);
  }
  const sql::Branch& body = step.branches.front();
  const std::optional<bool> ends = body.condition ? holds(*body.condition) : std::nullopt;
  if (ends && *ends) return run_steps(body.steps);
  for (const sql::Handler& handler : step.handlers) {
    run_perhaps(handler.steps, "a block handles errors as it runs");
  }
  if (!ends) run_perhaps(body.steps, "a block may undo what it did, where it catches an error");
  return true;
}

bool Applier::run_steps(const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    for (const sql::Operation& operation : step.operations) std::visit(*this, operation.data);
    for (const sql::QualifiedName& call : step.calls) note_call(call);
    switch (step.kind) {
      case Step::Kind::kIf:
        if (!run_branches(step)) return false;
        break;
      case Step::Kind::kBlock:
        if (!run_block(step)) return false;
        break;
      case Step::Kind::kLoop:
        for (const sql::Branch& branch : step.branches)
          run_perhaps(branch.steps, "a loop in a block");
        break;
      case Step::Kind::kRaise:
        if (step.raise && step.raise->aborts()) {
          fail("the block raises an exception: " + step.raise->message);
          return false;
        }
        break;
      case Step::Kind::kReturn: return false;
      case Step::Kind::kExit: return false;
      default: break;
    }
  }
  return true;
}

void Applier::operator()(const sql::DoBlock& op) {
  if (op.code == nullptr) return uncertain("an anonymous block");
  if (!op.code->problems.empty()) {
    fail("the block cannot be read: " + op.code->problems.front().message);
    return uncertain("an anonymous block");
  }
  run_steps(op.code->steps);
}

void Applier::note_call(const sql::QualifiedName& name) {
  const Overloads* found = schema_.functions(name);
  if (found != nullptr) {
    const bool harmless = std::none_of(found->functions.begin(), found->functions.end(),
                                       [](const Function& f) { return f.may_change; });
    if (harmless) return;
  }
  uncertain("the function " + name.to_string());
}

}  // namespace belay::schema

#include "analyzer/sql/routine_body.h"

#include <algorithm>
#include <set>
#include <utility>

namespace belay::sql {
namespace {

bool may_leave(const Step& step, bool in_loop);

bool may_leave(const std::vector<Step>& steps, bool in_loop) {
  return std::any_of(steps.begin(), steps.end(),
                     [&](const Step& step) { return may_leave(step, in_loop); });
}

/// Whether control may go elsewhere than to the next step. EXIT without a label leaves a loop.
bool may_leave(const Step& step, bool in_loop) {
  if (step.kind == Step::Kind::kReturn) return true;
  if (step.kind == Step::Kind::kExit) return !in_loop || !step.label.empty();
  const bool inner_loop = in_loop || step.kind == Step::Kind::kLoop;
  return std::any_of(step.branches.begin(), step.branches.end(),
                     [&](const Branch& b) { return may_leave(b.steps, inner_loop); }) ||
         std::any_of(step.handlers.begin(), step.handlers.end(),
                     [&](const Handler& h) { return may_leave(h.steps, inner_loop); });
}

void mark(std::vector<Step>& steps, Runs runs) {
  for (Step& step : steps) {
    step.runs = runs;
    Runs inner = runs;
    if (step.kind == Step::Kind::kLoop) {
      inner = Runs::kRepeatedly;
    } else if (runs == Runs::kAlways && (step.kind == Step::Kind::kIf || !step.handlers.empty())) {
      inner = Runs::kPerhaps;
    }
    for (Branch& branch : step.branches) mark(branch.steps, inner);
    for (Handler& handler : step.handlers) mark(handler.steps, Runs::kInHandler);
    if (runs == Runs::kAlways && may_leave(step, false)) runs = Runs::kPerhaps;
  }
}

void drop_repeated(std::vector<QualifiedName>& names) {
  std::set<std::pair<std::string, std::string>> seen;
  const auto repeated = [&](const QualifiedName& n) {
    return !seen.insert({n.schema.id, n.name.id}).second;
  };
  // In order and once for each, as remove_if promises.
  names.erase(std::remove_if(names.begin(), names.end(), repeated), names.end());
}

/// Sums up what operations do.
class Summary {
 public:
  explicit Summary(BodyEffects& out) : out_(out) {}

  void operator()(const Insert& o) { out_.writes.push_back(o.table); }
  void operator()(const Update& o) { out_.writes.push_back(o.table); }
  void operator()(const Delete& o) { out_.writes.push_back(o.table); }
  void operator()(const Merge& o) { out_.writes.push_back(o.table); }
  void operator()(const Truncate& o) { out_.writes.push_back(o.table); }
  void operator()(const Copy& o) {
    if (o.from) {
      out_.writes.push_back(o.table);
    } else if (!o.table.empty()) {
      out_.reads.push_back(o.table);
    }
  }
  void operator()(const RefreshMaterializedView& o) { out_.writes.push_back(o.view); }
  void operator()(const Transaction&) { out_.ends_transactions = true; }
  void operator()(const SetVariable&) { out_.changes_settings = true; }
  void operator()(const Unknown&) { out_.unknown = true; }
  void operator()(const Call&) {}  // among the step's calls
  void operator()(const Select&) {}
  void operator()(const LockTable&) {}
  void operator()(const Maintenance&) {}
  void operator()(const Pragma&) { out_.changes_settings = true; }
  void operator()(const NoChange&) {}
  void operator()(const DoBlock& o) {
    if (o.code == nullptr) {
      out_.unknown = true;
      return;
    }
    const BodyEffects& inner = o.code->effects;
    const auto add = [](std::vector<QualifiedName>& to, const std::vector<QualifiedName>& from) {
      to.insert(to.end(), from.begin(), from.end());
    };
    add(out_.reads, inner.reads);
    add(out_.writes, inner.writes);
    add(out_.calls, inner.calls);
    out_.has_ddl |= inner.has_ddl;
    out_.dynamic |= inner.dynamic;
    out_.raises |= inner.raises;
    out_.ends_transactions |= inner.ends_transactions;
    out_.changes_settings |= inner.changes_settings;
    out_.unknown |= inner.unknown;
  }
  template <class T>
  void operator()(const T&) {
    out_.has_ddl = true;
  }

 private:
  BodyEffects& out_;
};

void sum_up(const Step& step, BodyEffects& out) {
  out.calls.insert(out.calls.end(), step.calls.begin(), step.calls.end());
  out.raises |= step.kind == Step::Kind::kAssert || (step.raise && step.raise->aborts());
  const bool dynamic = !step.dynamic.empty();
  for (const Operation& o : step.operations) {
    if (dynamic && o.as<Unknown>() != nullptr && o.range == step.dynamic) continue;
    std::visit(Summary(out), o.data);
  }
}

}  // namespace

std::string_view existence_kind_name(ExistenceGuard::Kind kind) {
  using Kind = ExistenceGuard::Kind;
  switch (kind) {
    case Kind::kRelation: return "relation";
    case Kind::kTable:
    case Kind::kPlainTable: return "table";
    case Kind::kTableOrView: return "table or view";
    case Kind::kView: return "view";
    case Kind::kMaterializedView: return "materialized view";
    case Kind::kIndex:
    case Kind::kPlainIndex: return "index";
    case Kind::kSequence: return "sequence";
    case Kind::kColumn: return "column";
    case Kind::kConstraint: return "constraint";
    case Kind::kType: return "type";
    case Kind::kEnumType: return "enum";
    case Kind::kDomain: return "domain";
    case Kind::kEnumValue: return "enum value";
    case Kind::kFunction: return "function";
    case Kind::kTrigger: return "trigger";
    case Kind::kPolicy: return "policy";
    case Kind::kSchema: return "schema";
    case Kind::kExtension: return "extension";
    case Kind::kRole: return "role";
  }
  return "object";
}

void for_each_step(const std::vector<Step>& steps, const std::function<void(const Step&)>& visit) {
  for (const Step& step : steps) {
    visit(step);
    for (const Branch& branch : step.branches) for_each_step(branch.steps, visit);
    for (const Handler& handler : step.handlers) for_each_step(handler.steps, visit);
  }
}

const Step* RoutineBody::refusal() const {
  for (const Step& step : steps) {
    if (step.runs != Runs::kAlways) return nullptr;
    if (step.kind == Step::Kind::kRaise && step.raise->aborts()) return &step;
    const bool reads = step.calls.empty() && step.branches.empty() &&
                       std::all_of(step.operations.begin(), step.operations.end(),
                                   [](const Operation& o) { return o.as<Select>() != nullptr; });
    if (!reads) return nullptr;
  }
  return nullptr;
}

void finish(RoutineBody& body) {
  mark(body.steps, Runs::kAlways);
  for_each_step(body.steps, [&](const Step& step) { sum_up(step, body.effects); });
  drop_repeated(body.effects.reads);
  drop_repeated(body.effects.writes);
  drop_repeated(body.effects.calls);
}

}  // namespace belay::sql

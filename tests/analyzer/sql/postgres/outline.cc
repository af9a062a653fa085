#include "tests/analyzer/sql/postgres/outline.h"

#include <gtest/gtest.h>

namespace belay::sql::postgres {
namespace {

std::string_view kind_name(Step::Kind kind) {
  switch (kind) {
    case Step::Kind::kStatement: return "statement";
    case Step::Kind::kExpression: return "expression";
    case Step::Kind::kDynamic: return "dynamic";
    case Step::Kind::kIf: return "if";
    case Step::Kind::kLoop: return "loop";
    case Step::Kind::kBlock: return "block";
    case Step::Kind::kRaise: return "raise";
    case Step::Kind::kAssert: return "assert";
    case Step::Kind::kReturn: return "return";
    case Step::Kind::kExit: return "exit";
    case Step::Kind::kNothing: return "nothing";
  }
  return "";
}

std::string_view runs_name(Runs runs) {
  switch (runs) {
    case Runs::kAlways: return "";
    case Runs::kPerhaps: return " perhaps";
    case Runs::kRepeatedly: return " repeatedly";
    case Runs::kInHandler: return " in-handler";
  }
  return "";
}

std::string scope_word(const ExistenceGuard& guard) {
  switch (guard.scope) {
    case ExistenceGuard::Scope::kAnySchema: return " in any schema";
    case ExistenceGuard::Scope::kNamedSchema: return "";
    case ExistenceGuard::Scope::kCurrentSchema: return " in the current schema";
    case ExistenceGuard::Scope::kSearchPath: return " in the search path";
    case ExistenceGuard::Scope::kOwnerSchema: return " in its schema";
  }
  return "";
}

void add_lines(const std::vector<Step>& steps, size_t depth, std::vector<std::string>& out) {
  const std::string indent(2 * depth, ' ');
  for (const Step& step : steps) {
    std::string line = indent;
    line += kind_name(step.kind);
    line += runs_name(step.runs);
    for (const Operation& o : step.operations) {
      if (o.as<Select>() == nullptr || step.kind == Step::Kind::kStatement) {
        line += ' ';
        line += operation_name(o);
      }
    }
    if (step.raise) line += " " + step.raise->level + " '" + step.raise->message + "'";
    if (step.raise && !step.raise->condition.empty()) line += " " + step.raise->condition;
    if (!step.label.empty()) line += " " + step.label;
    for (const QualifiedName& f : step.calls) line += " calls " + f.to_string();
    bool first = true;
    for (const Branch& branch : step.branches) {
      const std::string said = branch.condition ? " [" + in_words(*branch.condition) + "]" : "";
      out.push_back(first ? line + said : indent + "else" + said);
      first = false;
      add_lines(branch.steps, depth + 1, out);
    }
    if (first) out.push_back(line);
    for (const Handler& handler : step.handlers) {
      std::string when = indent + "when";
      for (const std::string& c : handler.conditions) when += " " + c;
      out.push_back(when);
      add_lines(handler.steps, depth + 1, out);
    }
  }
}

}  // namespace

std::string in_words(const ExistenceGuard& guard) {
  std::string out = guard.must_exist ? "exists " : "not exists ";
  if (guard.constraint_kind) {
    static constexpr const char* kKinds[] = {"not null ", "check ",       "primary key ",
                                             "unique ",   "foreign key ", "exclude "};
    out += kKinds[static_cast<int>(*guard.constraint_kind)];
  }
  out += existence_kind_name(guard.kind);
  out += ' ';
  if (!guard.owner.empty()) out += guard.owner.to_string() + ".";
  out += guard.name.empty() ? "*" : guard.name.to_string();
  out += scope_word(guard);
  if (guard.fails_without_owner) out += " (fails without " + guard.owner.name.id + ")";
  return out;
}

std::string in_words(const Condition& condition) {
  std::string out;
  for (const ExistenceGuard& g : condition.all_of)
    out += (out.empty() ? "" : " and ") + in_words(g);
  if (out.empty()) return "?";
  return condition.negated ? "not (" + out + ")" : out;
}

std::vector<std::string> outline(const RoutineBody& body) {
  std::vector<std::string> out;
  add_lines(body.steps, 0, out);
  return out;
}

const RoutineBody& code_of(const ParsedStatement& statement) {
  static const RoutineBody kNone;
  for (const Operation& o : statement.operations) {
    if (const auto* block = o.as<DoBlock>(); block != nullptr && block->code) return *block->code;
    if (const auto* f = o.as<CreateFunction>(); f != nullptr && f->code) return *f->code;
  }
  ADD_FAILURE() << "no body in " << statement.text;
  return kNone;
}

std::vector<ByteRange> step_ranges(const RoutineBody& body) {
  std::vector<ByteRange> out;
  for_each_step(body.steps, [&](const Step& s) {
    if (s.branches.empty()) out.push_back(s.range);
  });
  return out;
}

std::vector<Operation> all_operations(const RoutineBody& body) {
  std::vector<Operation> out;
  for_each_step(body.steps, [&](const Step& step) {
    for (const Operation& o : step.operations) {
      out.push_back(o);
      const auto* block = o.as<DoBlock>();
      const auto* function = o.as<CreateFunction>();
      const RoutineBody* inner = block != nullptr      ? block->code.get()
                                 : function != nullptr ? function->code.get()
                                                       : nullptr;
      if (inner == nullptr) continue;
      for (Operation& nested : all_operations(*inner)) out.push_back(std::move(nested));
    }
  });
  return out;
}

}  // namespace belay::sql::postgres

// Belay's schema builder. What a function says of a table is gathered call by call, conditions,
// loops and helpers included, and handed with the call that it is for to the builder itself
// (cpp/builder.h), which says what it would send. Nothing of its SQL is known here.
#include <llvm/ADT/APFloat.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "analyzer/cpp/clang/interpreter.h"
#include "analyzer/cpp/clang/names.h"

namespace belay::cpp {
namespace {

using clang::dyn_cast;
using clang::isa;

/// The class of an object, or of what a pointer points to.
const clang::CXXRecordDecl* class_behind(clang::QualType type) {
  if (type.isNull()) return nullptr;
  type = type.getNonReferenceType();
  return type->isPointerType() ? type->getPointeeCXXRecordDecl() : type->getAsCXXRecordDecl();
}

/// Of a generic lambda the one that was made of it for the call.
const clang::FunctionDecl* call_operator(const clang::LambdaExpr* lambda) {
  const clang::FunctionTemplateDecl* generic =
      lambda->getLambdaClass()->getDependentLambdaCallOperator();
  if (generic == nullptr) return lambda->getCallOperator();
  const auto made = generic->specializations();
  return made.begin() == made.end() ? lambda->getCallOperator() : *made.begin();
}

bool is_null_type(clang::QualType type) {
  return !type.isNull() &&
         (type.getNonReferenceType()->isNullPtrType() || class_name_of(type) == "std::nullopt_t");
}

StandIn::Kind kind_of(clang::QualType type) {
  if (is_text(type)) return StandIn::Kind::kText;
  const bool number = !type.isNull() && type.getNonReferenceType()->isIntegerType() &&
                      !type.getNonReferenceType()->isBooleanType();
  return number ? StandIn::Kind::kNumber : StandIn::Kind::kOther;
}

/// The variable whose value is handed over as it is or copied.
const clang::VarDecl* variable_in(const clang::Expr* expression) {
  expression = bare(expression);
  if (const auto* copy = dyn_cast<clang::CXXConstructExpr>(expression);
      copy != nullptr && copy->getConstructor()->isCopyOrMoveConstructor()) {
    expression = bare(copy->getArg(0));
  }
  const auto* use = dyn_cast<clang::DeclRefExpr>(expression);
  return use == nullptr ? nullptr : dyn_cast<clang::VarDecl>(use->getDecl());
}

bool contains(const Place& outer, const Place& inner) {
  return outer.file == inner.file && outer.range.contains(inner.range);
}

/// Where a step stands, with what is called on its result in the same expression.
Place whole_place(const std::vector<BuilderStep>& steps, const std::vector<Place>& places,
                  size_t step) {
  Place out = places[step];
  std::vector<bool> follows(steps.size());
  follows[step] = true;
  for (size_t i = step + 1; i < steps.size(); ++i) {
    follows[i] = steps[i].on && follows[*steps[i].on];
    if (follows[i] && contains(places[i], out)) out = places[i];
  }
  return out;
}

}  // namespace

// ---- Functions that are handed on

Value Interpreter::of_lambda(const clang::LambdaExpr* lambda) {
  KnownFunction known = {call_operator(lambda), {}};
  if (functions_.reached_from(lambda->getBody()) || functions_.reached_from(known.function)) {
    lambdas_.push_back({lambda, variables_, found_.size()});
  }
  for (const clang::LambdaCapture& capture : lambda->captures()) {
    if (!capture.capturesVariable() || capture.getCaptureKind() != clang::LCK_ByCopy) continue;
    const auto* variable = dyn_cast<clang::VarDecl>(capture.getCapturedVar());
    if (variable == nullptr) continue;
    if (variable->isInitCapture()) declare(variable);
    const Slot slot = {nullptr, variable};
    if (const auto found = variables_.find(slot); found != variables_.end()) {
      known.copies.insert(*found);
    }
  }
  known_functions_.push_back(std::move(known));
  return {FunctionValue{known_functions_.size() - 1}};
}

Value Interpreter::of_function_name(const clang::FunctionDecl* function) {
  known_functions_.push_back({function, {}});
  return {FunctionValue{known_functions_.size() - 1}};
}

Value Interpreter::of_known_function(const FunctionValue& function, const clang::Expr* call,
                                     const Arguments& given, const Values& arguments) {
  const KnownFunction known = known_functions_[function.number];
  Variables now;
  for (const auto& [slot, copy] : known.copies) {
    if (const auto found = variables_.find(slot); found != variables_.end()) now.insert(*found);
    variables_[slot] = copy;
  }
  Value result = of_body(known.function, call, given, arguments);
  for (const auto& [slot, copy] : known.copies) variables_.erase(slot);
  variables_.merge(now);
  return result;
}

// ---- Calls

std::optional<Value> Interpreter::of_builder(const clang::CallExpr* call, const std::string& name,
                                             const Value& object, const Arguments& arguments,
                                             const Values& values) {
  if (functions_.builder() == nullptr || !name.starts_with("belay::")) return std::nullopt;
  if (name.starts_with("belay::type::")) {
    return Value{std::make_shared<const BuilderStep>(
        BuilderStep{name, std::nullopt, builder_arguments(arguments, values)})};
  }
  // The others only ask.
  if (name.starts_with("belay::Schema::") && call->getType()->isVoidType()) {
    send_by_builder(call, name, arguments, values);
    return unknown(call, "nothing");
  }
  const auto* method = dyn_cast<clang::CXXMethodDecl>(call->getDirectCallee());
  const BuilderObject* on = object.builder_object();
  if (on == nullptr || method == nullptr || method->isConst()) return std::nullopt;
  return step_of_description(call, name, *on, arguments, values);
}

Value Interpreter::step_of_description(const clang::CallExpr* call, const std::string& name,
                                       const BuilderObject& on, const Arguments& arguments,
                                       const Values& values) {
  if (!description_ || description_->number != on.description) {
    return unknown(call, "a table that was described before");
  }
  add_step({name, on.step, builder_arguments(arguments, values)}, sources_.place(call));
  return {BuilderObject{on.description, description_->steps.size() - 1}};
}

void Interpreter::add_step(BuilderStep step, const Place& place) {
  step.perhaps = conditions_ > description_->conditions || may_have_left_;
  description_->steps.push_back(std::move(step));
  description_->places.push_back(place);
}

/// From here on nobody knows what is said of the table.
void Interpreter::lose_builder_objects(const Values& values, const clang::Expr* where,
                                       const std::string& reason) {
  for (const Value& value : values) {
    const BuilderObject* object = value.builder_object();
    if (object == nullptr || !description_ || object->description != description_->number) continue;
    stand_ins_.push_back({sources_.place(where), reason});
    BuilderStep step;
    step.on = object->step;
    step.unknown = StandIn{stand_ins_.size() - 1};
    add_step(std::move(step), sources_.place(where));
  }
}

/// `column.is_not_null = true`: what steps have made can be written to, too.
bool Interpreter::is_set_in_builder(const clang::Expr* target) {
  const auto* member = dyn_cast<clang::MemberExpr>(bare(target));
  if (member == nullptr || !is_builder_class(class_behind(member->getBase()->getType()))) {
    return false;
  }
  lose_builder_objects({value(member->getBase())}, target, "what is written to it");
  return true;
}

void Interpreter::describe(const clang::Expr* function, const Value& value) {
  const Value table = {BuilderObject{description_->number, std::nullopt}};
  if (value.function() != nullptr) {
    const bool had_left = std::exchange(may_have_left_, false);
    const clang::FunctionDecl* followed = known_functions_[value.function()->number].function;
    entered_.insert(followed);
    // A generic lambda stands in the source as what it was made of.
    entered_.insert(followed->getTemplateInstantiationPattern());
    (void)of_known_function(*value.function(), function, {}, {table});
    may_have_left_ = had_left || may_have_thrown_;
  } else {
    lose_builder_objects({table}, function, "what a function says that is not known here");
  }
}

void Interpreter::send_by_builder(const clang::CallExpr* call, const std::string& name,
                                  const Arguments& arguments, const Values& values) {
  asked_for_engine_ = true;
  BuilderCall sent;
  sent.method = name;
  std::optional<Description> around =
      std::exchange(description_, Description{++descriptions_, conditions_});
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (is_callable(arguments[i]->getType())) {
      describe(arguments[i], values[i]);
    } else {
      sent.arguments.push_back(builder_argument(arguments[i], values[i]));
    }
  }
  const Description described = *std::exchange(description_, std::move(around));
  if (thrown_) return;
  sent.steps = described.steps;
  const std::vector<BuilderStatement> statements = functions_.builder()->statements(sent, engine_);
  // A comment that is about a statement behind the first one is not about the first.
  Place first = sources_.place(call);
  const Place whole = first;
  uint32_t next = whole.range.end;
  for (const BuilderStatement& one : statements) {
    if (one.step && contains(whole, described.places[*one.step])) {
      next = std::min(next, described.places[*one.step].range.begin);
    }
  }
  if (next < whole.range.end) {
    first.range.end = sources_.place(arguments[0]).range.end;
    for (const Place& place : described.places) {
      if (contains(whole, place) && place.range.end < next) {
        first.range.end = std::max(first.range.end, place.range.end);
      }
    }
  }
  for (const BuilderStatement& one : statements) {
    note_by_builder(one, one.step ? Place() : first, described);
  }
}

void Interpreter::note_by_builder(const BuilderStatement& statement, const Place& call,
                                  const Description& described) {
  const auto place_of = [&](size_t step) {
    return whole_place(described.steps, described.places, step);
  };
  FoundSql found;
  SqlText& sql = found.sql;
  sql.call = statement.step ? place_of(*statement.step) : call;
  sql.text = statement.sql;
  sql.places.assign(sql.text.size(), sql.call);
  for (const BuilderStatement::Part& part : statement.parts) {
    std::fill(sql.places.begin() + part.range.begin, sql.places.begin() + part.range.end,
              place_of(part.step));
  }
  for (const BuilderStatement::Hole& one : statement.holes) {
    Hole hole = {one.range, sql.call, one.reason};
    if (one.stand_in) {
      const UnknownValue& why = stand_ins_[*one.stand_in];
      hole = {one.range, why.expression, why.reason, why.harmless || one.is_quoted,
              why.from_source};
    }
    std::fill(sql.places.begin() + one.range.begin, sql.places.begin() + one.range.end,
              hole.expression);
    sql.holes.push_back(std::move(hole));
  }
  sql.conditional = conditions_ > 0 || statement.perhaps;
  found_.push_back(std::move(found));
}

// ---- Arguments

std::vector<BuilderArgument> Interpreter::builder_arguments(const Arguments& arguments,
                                                            const Values& values) {
  std::vector<BuilderArgument> out;
  for (size_t i = 0; i < arguments.size(); ++i) {
    out.push_back(builder_argument(arguments[i], values[i]));
  }
  return out;
}

BuilderArgument Interpreter::builder_argument(const clang::Expr* written, const Value& value) {
  const clang::QualType type = written->getType();
  if (is_null_type(type)) return {nullptr};
  const clang::QualType plain = type.getNonReferenceType();
  if (const auto number = value.number()) {
    if (plain->isBooleanType()) return {*number != 0};
    if (plain->isFloatingType()) return {static_cast<double>(*number)};
    return {*number};
  }
  if (value.unknown() != nullptr && plain->isFloatingType() && !written->isValueDependent()) {
    llvm::APFloat real(0.0);
    if (written->EvaluateAsFloat(real, sources_.context())) return {real.convertToDouble()};
  }
  if (class_name_of(type) == "belay::runtime::Blob" && value.list() != nullptr &&
      value.list()->size() == 1 && value.list()->front().text() != nullptr &&
      value.list()->front().text()->is_whole()) {
    return {BuilderArgument::Bytes{value.list()->front().text()->bytes}};
  }
  const std::string name = class_name_of(type);
  if (name == "belay::IndexOptions" || name == "belay::DropIndexOptions") {
    return builder_argument(with_members(written, value), StandIn::Kind::kOther);
  }
  return builder_argument(value, kind_of(type));
}

BuilderArgument Interpreter::builder_argument(const Value& value, StandIn::Kind kind) {
  const auto stand_in = [&](UnknownValue why) -> BuilderArgument {
    stand_ins_.push_back(std::move(why));
    return {StandIn{stand_ins_.size() - 1, kind}};
  };
  if (const TextValue* text = value.text()) {
    if (text->is_whole()) return {text->bytes};
    const Hole& hole = text->holes.front();
    return stand_in({hole.expression, hole.reason, false, value.is_from_source()});
  }
  if (const auto number = value.number()) return {*number};
  if (const ColumnTypeValue* type = value.column_type()) return {*type};
  if (const ListValue* list = value.list()) {
    BuilderArgument::List out;
    for (const Value& one : *list) out.push_back(builder_argument(one, StandIn::Kind::kText));
    return {std::move(out)};
  }
  const UnknownValue* why = value.unknown();
  return stand_in(why == nullptr ? UnknownValue{{}, "an object"} : *why);
}

/// A structure in a variable, with what its members have been set to since.
Value Interpreter::with_members(const clang::Expr* written, const Value& value) {
  const clang::VarDecl* variable = variable_in(written);
  const clang::CXXRecordDecl* record = class_behind(written->getType());
  if (variable == nullptr || record == nullptr || !record->hasDefinition()) return value;
  const auto* made = variable->getInit() == nullptr
                         ? nullptr
                         : dyn_cast<clang::CXXConstructExpr>(bare(variable->getInit()));
  const bool is_default = made != nullptr && made->getNumArgs() == 0;
  if (value.list() == nullptr && !is_default) return value;
  ListValue members;
  for (const clang::FieldDecl* field : record->getDefinition()->fields()) {
    const auto set = variables_.find(Slot(variable, field));
    if (set != variables_.end()) {
      members.push_back(set->second);
    } else if (value.list() != nullptr && field->getFieldIndex() < value.list()->size()) {
      members.push_back((*value.list())[field->getFieldIndex()]);
    } else {
      members.push_back(this->value(field->getInClassInitializer()));
    }
  }
  return list_value(std::move(members));
}

}  // namespace belay::cpp

// CREATE TRIGGER.

#include "analyzer/sql/sqlite/grammar.h"
#include "analyzer/sql/sqlite/nesting.h"

namespace belay::sql::sqlite {

bool Grammar::create_trigger(bool temporary) {
  cursor_.take();
  CreateTrigger out;
  out.for_each_row = true;  // written or not
  if (!if_not_exists(out.if_not_exists) || !qualified_name(out.trigger)) return false;
  if (!trigger_time(out) || !trigger_event(out)) return false;
  if (!expect(Symbol::kOn) || !qualified_name(out.table)) return false;
  if (accept(Symbol::kFor) && !expect(Symbol::kEach, Symbol::kRow)) return false;
  if (accept(Symbol::kWhen) && !expression(out.when)) return false;
  if (temporary && !out.trigger.schema.empty()) {
    complain(out.trigger.range, "a temporary trigger lies in no other schema than temp");
  }
  out.temporary = temporary || out.trigger.schema.id == "temp";
  if (!check_object_name(out.trigger.name) || !expect(Symbol::kBegin)) return false;
  if (!trigger_body(out) || !expect(Symbol::kEndKeyword)) return false;
  if (variable_) complain(*variable_, "a trigger cannot contain a parameter");
  return add(std::move(out));
}

bool Grammar::trigger_time(CreateTrigger& out) {
  out.timing = "before";
  if (accept(Symbol::kBefore)) return true;
  if (accept(Symbol::kAfter)) {
    out.timing = "after";
    return true;
  }
  if (!accept(Symbol::kInstead)) return true;
  out.timing = "instead of";
  return expect(Symbol::kOf);
}

bool Grammar::trigger_event(CreateTrigger& out) {
  switch (cursor_.symbol()) {
    case Symbol::kInsert: out.events = {"insert"}; break;
    case Symbol::kDelete: out.events = {"delete"}; break;
    case Symbol::kUpdate: out.events = {"update"}; break;
    default: return unexpected();
  }
  const Symbol event = cursor_.take().symbol;
  return event != Symbol::kUpdate || !accept(Symbol::kOf) || names(out.update_columns);
}

/// The statements between BEGIN and END, each with its semicolon.
bool Grammar::trigger_body(CreateTrigger& out) {
  const SinkScope scope(*this, sinks_of(out.body));
  const uint32_t begin = cursor_.begin();
  in_trigger_ = true;
  do {
    if (!trigger_step() || !expect(Symbol::kSemicolon)) return false;
  } while (!is(Symbol::kEndKeyword));
  out.body.range = cursor_.since(begin);
  return true;
}

bool Grammar::trigger_step() {
  switch (cursor_.symbol()) {
    case Symbol::kUpdate: return trigger_update();
    case Symbol::kDelete: return trigger_delete();
    case Symbol::kInsert:
    case Symbol::kReplace: {
      Insert ignored;
      return insert_command(ignored) && trigger_table() && insert_source(ignored);
    }
    case Symbol::kSelect:
    case Symbol::kValues:
    case Symbol::kWith: {
      SelectShape ignored;
      return select(ignored);
    }
    default: return unexpected();
  }
}

/// The table that a step changes.
bool Grammar::trigger_table() {
  QualifiedName table;
  if (!qualified_name(table)) return false;
  if (!table.schema.empty()) {
    complain(table.range, "a statement in a trigger changes tables of the trigger's schema only");
  }
  if (sinks_.relations != nullptr) sinks_.relations->push_back(std::move(table));
  return true;
}

bool Grammar::no_index_choice() {
  const ByteRange place = cursor_.range();
  if (!is(Symbol::kIndexed) && !is(Symbol::kNot)) return true;
  return indexed_opt() && complain(place, "a statement in a trigger chooses no index");
}

bool Grammar::trigger_update() {
  cursor_.take();
  std::string conflict;
  if (accept(Symbol::kOr) && !conflict_resolution(conflict)) return false;
  return trigger_table() && no_index_choice() && expect(Symbol::kSet) && set_list(nullptr) &&
         from_opt() && where_opt();
}

bool Grammar::trigger_delete() {
  cursor_.take();
  return expect(Symbol::kFrom) && trigger_table() && no_index_choice() && where_opt();
}

}  // namespace belay::sql::sqlite

// The table is written by hand, the arguments of each method follow from its type. A test compares
// the names with those that Clang finds in the headers.
#include "reader/builder/methods.h"

#include <tuple>
#include <type_traits>
#include <utility>

#include "reader/builder/stand_ins.h"

namespace belay::reader {
namespace {

using cpp::BuilderArgument;
using cpp::StandIn;
using List = BuilderArgument::List;
using Texts = std::vector<std::string>;

[[noreturn]] void refuse_arguments() {
  throw MigrationError("it is called in a way that this version of Belay does not read");
}

template <class T>
const T& known(const BuilderArgument& argument) {
  if (const auto* stand_in = std::get_if<StandIn>(&argument.is)) throw NotKnown{stand_in->number};
  if (const auto* value = std::get_if<T>(&argument.is)) return *value;
  refuse_arguments();
}

bool truth_from(const BuilderArgument& argument) {
  if (const auto* number = std::get_if<int64_t>(&argument.is)) return *number != 0;
  return known<bool>(argument);
}

int number_from(const BuilderArgument& argument) {
  if (const auto* stand_in = std::get_if<StandIn>(&argument.is)) {
    return number_for(stand_in->number);
  }
  return static_cast<int>(known<int64_t>(argument));
}

/// One that is not known as a whole is one text that is not known.
Texts texts_from(const BuilderArgument& argument) {
  if (const auto* list = std::get_if<List>(&argument.is)) {
    Texts out;
    for (const BuilderArgument& one : *list) out.push_back(text_from(one));
    return out;
  }
  return {text_from(argument)};
}

const List& members_from(const BuilderArgument& argument, size_t how_many) {
  const List& out = known<List>(argument);
  if (out.size() != how_many) refuse_arguments();
  return out;
}

IndexOptions index_options_from(const BuilderArgument& argument) {
  const List& members = members_from(argument, 7);
  IndexOptions out;
  out.name = text_from(members[0]);
  out.unique = truth_from(members[1]);
  out.where = text_from(members[2]);
  out.expressions = truth_from(members[3]);
  out.method = text_from(members[4]);
  out.if_not_exists = truth_from(members[5]);
  out.concurrently = truth_from(members[6]);
  return out;
}

DropIndexOptions drop_index_options_from(const BuilderArgument& argument) {
  const List& members = members_from(argument, 2);
  return {truth_from(members[0]), truth_from(members[1])};
}

ColumnType type_from(const BuilderArgument& argument) {
  if (const auto* stand_in = std::get_if<StandIn>(&argument.is)) {
    return type::native(text_for(stand_in->number));
  }
  const auto& made = known<std::shared_ptr<const cpp::BuilderStep>>(argument);
  const auto function = type_functions().find(made->method);
  if (function == type_functions().end()) refuse_arguments();
  return function->second(made->arguments);
}

template <class T>
auto argument_from(const BuilderArgument& argument) {
  if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>) {
    return text_from(argument);
  } else if constexpr (std::is_same_v<T, Names> || std::is_same_v<T, Texts>) {
    return texts_from(argument);
  } else if constexpr (std::is_same_v<T, int>) {
    return number_from(argument);
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<T>(known<int64_t>(argument));
  } else if constexpr (std::is_same_v<T, ColumnType>) {
    return type_from(argument);
  } else if constexpr (std::is_same_v<T, IndexOptions>) {
    return index_options_from(argument);
  } else {
    static_assert(std::is_same_v<T, DropIndexOptions>, "say how such an argument is read");
    return drop_index_options_from(argument);
  }
}

/// Calls with arguments of these types.
template <class... Wanted, class Call>
auto with(const Arguments& given, const Call& call) {
  if (given.size() != sizeof...(Wanted)) refuse_arguments();
  return [&]<size_t... I>(std::index_sequence<I...>) {
    return std::apply(call, std::tuple{argument_from<std::remove_cvref_t<Wanted>>(given[I])...});
  }(std::index_sequence_for<Wanted...>());
}

template <class T>
T& object_as(const Object& on) {
  if (const auto* object = std::get_if<T*>(&on)) return **object;
  if constexpr (std::is_same_v<T, Table>) {
    if (const auto* change = std::get_if<TableChange*>(&on)) return **change;
  }
  refuse_arguments();
}

template <class T, class Made, class... Wanted>
StepMethod step(Made (T::*method)(Wanted...)) {
  return [method](const Object& on, const Arguments& given) {
    return with<Wanted...>(given, [&](auto&&... values) -> Object {
      if constexpr (std::is_void_v<Made>) {
        (object_as<T>(on).*method)(std::move(values)...);
        return {};
      } else {
        return &(object_as<T>(on).*method)(std::move(values)...);
      }
    });
  };
}

template <class... Wanted>
SchemaMethod sends(void (Schema::*method)(Wanted...)) {
  return [method](Schema& schema, const Arguments& given) {
    with<Wanted...>(given, [&](auto&&... values) { (schema.*method)(std::move(values)...); });
  };
}

template <class... Wanted>
TypeFunction makes(ColumnType (*function)(Wanted...)) {
  return [function](const Arguments& given) {
    return with<Wanted...>(given, [&](auto&&... values) { return function(std::move(values)...); });
  };
}

/// The one method that takes values of any type.
template <class T>
Object set_default(const Object& on, const Arguments& given) {
  if (given.size() != 1) refuse_arguments();
  T& object = object_as<T>(on);
  return std::visit(
      [&](const auto& value) -> Object {
        using Given = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<Given, StandIn>) {
          if (value.kind == StandIn::Kind::kOther) throw NotKnown{value.number};
          if (value.kind == StandIn::Kind::kText) return &object.default_to(text_for(value.number));
          return &object.default_to(number_for(value.number));
        } else if constexpr (std::is_same_v<Given, BuilderArgument::Bytes>) {
          return &object.default_to(runtime::Blob{value.bytes});
        } else if constexpr (std::is_constructible_v<Parameter, Given>) {
          return &object.default_to(value);
        } else {
          refuse_arguments();
        }
      },
      given[0].is);
}

}  // namespace

std::string text_from(const BuilderArgument& argument) {
  if (const auto* stand_in = std::get_if<StandIn>(&argument.is)) return text_for(stand_in->number);
  return known<std::string>(argument);
}

const std::map<std::string, StepMethod, std::less<>>& step_methods() {
  static const std::map<std::string, StepMethod, std::less<>> all = {
      {"belay::Table::id", step(&Table::id)},
      {"belay::Table::small_integer", step(&Table::small_integer)},
      {"belay::Table::integer", step(&Table::integer)},
      {"belay::Table::big_integer", step(&Table::big_integer)},
      {"belay::Table::boolean", step(&Table::boolean)},
      {"belay::Table::real", step(&Table::real)},
      {"belay::Table::double_precision", step(&Table::double_precision)},
      {"belay::Table::decimal", step(&Table::decimal)},
      {"belay::Table::string", step(&Table::string)},
      {"belay::Table::text", step(&Table::text)},
      {"belay::Table::blob", step(&Table::blob)},
      {"belay::Table::date", step(&Table::date)},
      {"belay::Table::time", step(&Table::time)},
      {"belay::Table::timestamp", step(&Table::timestamp)},
      {"belay::Table::timestamp_with_zone", step(&Table::timestamp_with_zone)},
      {"belay::Table::uuid", step(&Table::uuid)},
      {"belay::Table::json", step(&Table::json)},
      {"belay::Table::enumeration", step(&Table::enumeration)},
      {"belay::Table::column", step(&Table::column)},
      {"belay::Table::timestamps", step(&Table::timestamps)},
      {"belay::Table::primary_key", step(&Table::primary_key)},
      {"belay::Table::unique", step(&Table::unique)},
      {"belay::Table::check", step(&Table::check)},
      {"belay::Table::foreign_key", step(&Table::foreign_key)},
      {"belay::Table::index", step(&Table::index)},
      {"belay::Table::comment", step(&Table::comment)},
      {"belay::TableChange::drop_column", step(&TableChange::drop_column)},
      {"belay::TableChange::rename_column", step(&TableChange::rename_column)},
      {"belay::TableChange::change_column", step(&TableChange::change_column)},
      {"belay::TableChange::drop_primary_key", step(&TableChange::drop_primary_key)},
      {"belay::TableChange::drop_unique", step(&TableChange::drop_unique)},
      {"belay::TableChange::drop_foreign_key", step(&TableChange::drop_foreign_key)},
      {"belay::TableChange::drop_check", step(&TableChange::drop_check)},
      {"belay::TableChange::drop_constraint", step(&TableChange::drop_constraint)},
      {"belay::TableChange::drop_index", step(&TableChange::drop_index)},
      {"belay::TableChange::validate_constraint", step(&TableChange::validate_constraint)},
      {"belay::Column::not_null", step(&Column::not_null)},
      {"belay::Column::nullable", step(&Column::nullable)},
      {"belay::Column::primary_key", step(&Column::primary_key)},
      {"belay::Column::unique", step(&Column::unique)},
      {"belay::Column::default_to", set_default<Column>},
      {"belay::Column::default_expression", step(&Column::default_expression)},
      {"belay::Column::for_new_rows_only", step(&Column::for_new_rows_only)},
      {"belay::Column::references", step(&Column::references)},
      {"belay::Column::on_delete", step(&Column::on_delete)},
      {"belay::Column::on_update", step(&Column::on_update)},
      {"belay::Column::check", step(&Column::check)},
      {"belay::Column::collate", step(&Column::collate)},
      {"belay::Column::generated_as", step(&Column::generated_as)},
      {"belay::Column::comment", step(&Column::comment)},
      {"belay::ForeignKey::references", step(&ForeignKey::references)},
      {"belay::ForeignKey::on_delete", step(&ForeignKey::on_delete)},
      {"belay::ForeignKey::on_update", step(&ForeignKey::on_update)},
      {"belay::ForeignKey::deferred", step(&ForeignKey::deferred)},
      {"belay::ForeignKey::not_validated", step(&ForeignKey::not_validated)},
      {"belay::ForeignKey::named", step(&ForeignKey::named)},
      {"belay::Constraint::named", step(&Constraint::named)},
      {"belay::Constraint::not_validated", step(&Constraint::not_validated)},
      {"belay::ColumnChange::type", step(&ColumnChange::type)},
      {"belay::ColumnChange::using_expression", step(&ColumnChange::using_expression)},
      {"belay::ColumnChange::not_null", step(&ColumnChange::not_null)},
      {"belay::ColumnChange::nullable", step(&ColumnChange::nullable)},
      {"belay::ColumnChange::default_to", set_default<ColumnChange>},
      {"belay::ColumnChange::default_expression", step(&ColumnChange::default_expression)},
      {"belay::ColumnChange::drop_default", step(&ColumnChange::drop_default)},
  };
  return all;
}

const std::map<std::string, SchemaMethod, std::less<>>& schema_methods() {
  static const std::map<std::string, SchemaMethod, std::less<>> all = {
      {"belay::Schema::rename_table", sends(&Schema::rename_table)},
      {"belay::Schema::drop_table", sends(&Schema::drop_table)},
      {"belay::Schema::drop_table_if_exists", sends(&Schema::drop_table_if_exists)},
      {"belay::Schema::create_index", sends(&Schema::create_index)},
      {"belay::Schema::drop_index", sends(&Schema::drop_index)},
      {"belay::Schema::create_enum", sends(&Schema::create_enum)},
      {"belay::Schema::add_enum_value", sends(&Schema::add_enum_value)},
      {"belay::Schema::drop_enum", sends(&Schema::drop_enum)},
  };
  return all;
}

const std::map<std::string, TypeFunction, std::less<>>& type_functions() {
  static const std::map<std::string, TypeFunction, std::less<>> all = {
      {"belay::type::small_integer", makes(&type::small_integer)},
      {"belay::type::integer", makes(&type::integer)},
      {"belay::type::big_integer", makes(&type::big_integer)},
      {"belay::type::boolean", makes(&type::boolean)},
      {"belay::type::real", makes(&type::real)},
      {"belay::type::double_precision", makes(&type::double_precision)},
      {"belay::type::decimal", makes(&type::decimal)},
      {"belay::type::string", makes(&type::string)},
      {"belay::type::text", makes(&type::text)},
      {"belay::type::blob", makes(&type::blob)},
      {"belay::type::date", makes(&type::date)},
      {"belay::type::time", makes(&type::time)},
      {"belay::type::timestamp", makes(&type::timestamp)},
      {"belay::type::timestamp_with_zone", makes(&type::timestamp_with_zone)},
      {"belay::type::uuid", makes(&type::uuid)},
      {"belay::type::json", makes(&type::json)},
      {"belay::type::one_of", makes(&type::one_of)},
      {"belay::type::native", makes(&type::native)},
  };
  return all;
}

}  // namespace belay::reader

#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <belay/schema.h>

#include "analyzer/cpp/builder.h"

/// The methods of the schema builder by their names, to be called with what was read of a source.
/// Each throws `MigrationError` where the builder does, and `NotKnown`.
namespace belay::reader {

/// What a step of a description is called on, and what it gives back.
using Object =
    std::variant<std::monostate, Table*, TableChange*, Column*, ForeignKey*, Constraint*,
                 ColumnChange*>;
using Arguments = std::vector<cpp::BuilderArgument>;

using StepMethod = std::function<Object(const Object& on, const Arguments& arguments)>;
using SchemaMethod = std::function<void(Schema& schema, const Arguments& arguments)>;
using TypeFunction = std::function<ColumnType(const Arguments& arguments)>;

const std::map<std::string, StepMethod, std::less<>>& step_methods();
/// Those that send SQL, without the two that take a function.
const std::map<std::string, SchemaMethod, std::less<>>& schema_methods();
const std::map<std::string, TypeFunction, std::less<>>& type_functions();

/// A name or a text; what is not known has something that stands for it.
std::string text_from(const cpp::BuilderArgument& argument);

}  // namespace belay::reader

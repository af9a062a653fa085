#pragma once

#include <memory>
#include <string>
#include <vector>

#include "analyzer/cpp/builder.h"

namespace belay::reader {

/// The real schema builder, on a database that is not there.
std::unique_ptr<cpp::BuilderSql> schema_builder();

/// All methods and functions of the builder that can be read, by their full names.
std::vector<std::string> readable_methods();

}  // namespace belay::reader

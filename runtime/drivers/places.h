#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <belay/connection.h>

/// What drivers say about a statement that failed.
namespace belay::runtime {

/// The statement without white space around it, in the middle of which a long one is cut.
std::string shortened(std::string_view statement);

/// The place of a byte of `script.sql` in the script's file.
StatementPlace place_of(const Script& script, size_t offset);

/// What is wrong with the script at a byte of `script.sql`.
Error error_at(const Script& script, size_t offset, std::string message, std::string hint);

}  // namespace belay::runtime

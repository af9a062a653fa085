#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/sql/routine_body.h"

/// Bodies as text, so that a test reads as a table of what stands where.
namespace belay::sql::postgres {

/// One line for each step, indented by its depth:
///
///     if [not exists type mood]
///       statement perhaps create_type
///
/// The words are the step's kind, how it runs where that is not always, its operations, and what
/// else is known of it.
std::vector<std::string> outline(const RoutineBody& body);

/// A guard in words: `not exists column public.t.c`.
std::string in_words(const ExistenceGuard& guard);
std::string in_words(const Condition& condition);

/// The code of the statement's one block or function; fails the test and returns an empty one where
/// there is none.
const RoutineBody& code_of(const ParsedStatement& statement);

/// The ranges of all steps that are no blocks, in order.
std::vector<ByteRange> step_ranges(const RoutineBody& body);

/// All operations of a body, those of blocks within it included, with their places.
std::vector<Operation> all_operations(const RoutineBody& body);

}  // namespace belay::sql::postgres

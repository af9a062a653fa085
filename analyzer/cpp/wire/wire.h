#pragma once

#include <string>
#include <string_view>

#include <belay/result.h>

#include "analyzer/cpp/reading.h"

/// Readings between processes: one line of JSON for a question, one for its answer. Clang runs in a
/// process of its own, so that it costs nothing where there is no C++ and its death harms nobody.
namespace belay::cpp::wire {

/// What the reading process is asked for.
struct Question {
  Request request;
  /// The file is being edited: the next questions about it will be alike.
  bool keep = false;
};

std::string line_of(const Question& question);
std::string line_of(const Reading& reading);

/// Errors: the line is none of ours.
Result<Question> question_from(std::string_view line);
Result<Reading> reading_from(std::string_view line);

}  // namespace belay::cpp::wire

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/cpp/reading.h"
#include "analyzer/project/project.h"
#include "analyzer/text/dialect.h"

/// What was read of a C++ source as migrations of a history: the SQL of each method becomes a
/// script, whose bytes lead back to the source.
namespace belay::cpp {

/// Migrations, and the texts of their scripts by the paths that the scripts have.
struct Woven {
  std::vector<project::Migration> migrations;
  std::map<std::string, std::string> texts;
};

/// The migration classes of a source, as they run on an engine, and behind them its functions
/// outside of migrations, each as a script without a history. Functions whose SQL all goes to the
/// library of another engine are left out. `source` is its text: comments in it that ask for
/// silence come along.
Woven weave(const Reading& reading, Engine engine, std::string_view source);

}  // namespace belay::cpp

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/cpp/reading.h"

/// Which functions of well-known libraries take SQL, and what a project's configuration adds to
/// them.
namespace belay::cpp {

/// A library: its functions that take SQL, and the classes that its migrations derive from.
struct Preset {
  std::string_view name;  ///< as it is written in belay.toml
  std::vector<SqlFunction> functions;
  std::vector<ClassShape> shapes;
};

/// In the order in which messages name them.
std::span<const Preset> presets();

/// The `[cpp]` of a belay.toml, as it is written there.
struct Selection {
  std::vector<std::string> presets;    ///< by name; empty: all
  std::vector<std::string> functions;  ///< as `project::cpp_function_from` reads them
  std::vector<std::string> bases;      ///< classes that migrations derive from
  std::vector<std::string> up;         ///< methods of classes with these bases; empty: `up`
  std::vector<std::string> down;       ///< the same; empty: `down`
};

/// What to look for. The project's own functions come last and win over a preset's of the same
/// name. Names that are not known are passed over: reading the configuration tells of them.
std::vector<SqlFunction> functions_of(const Selection& selection);
std::vector<ClassShape> shapes_of(const Selection& selection);

/// Words of which a source has one in its text where it holds what is looked for, so that most
/// sources need not be read. Views into what is given.
std::vector<std::string_view> words_of(std::span<const ClassShape> shapes);
std::vector<std::string_view> words_of(std::span<const SqlFunction> functions);
bool has_any(std::string_view text, std::span<const std::string_view> words);

}  // namespace belay::cpp

#pragma once

#include <optional>
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
  std::vector<std::string> functions;  ///< as `function_from` reads them
  std::vector<std::string> bases;      ///< classes that migrations derive from
  std::vector<std::string> up;         ///< methods of classes with these bases; empty: `up`
  std::vector<std::string> down;       ///< the same; empty: `down`
};

/// `shop::run`, or `shop::run:1` where the SQL is not the first argument. Empty where it is
/// neither.
std::optional<SqlFunction> function_from(std::string_view text);

/// What to look for. The project's own functions come last and win over a preset's of the same
/// name. Names that are not known are passed over: reading the configuration tells of them.
std::vector<SqlFunction> functions_of(const Selection& selection);
std::vector<ClassShape> shapes_of(const Selection& selection);

}  // namespace belay::cpp

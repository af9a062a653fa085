#pragma once

#include <string>

#include "tests/lsp/scenarios/editor.h"

/// What a server answers, as a person reads it. A place is its file, its line from 1, and the
/// line's text with marks around the place: `0001_users.up.sql:1: CREATE TABLE [[users]] (id
/// int);`. Places that lie in no text, or inside of a character, throw std::runtime_error.
namespace belay::lsp::testing {

/// `nothing` for none.
std::string or_nothing(std::string text);

/// The line's text with marks; of several lines the first and the last.
std::string marked_line(const EditorText& text, const Json& range);
/// `range` may be null: the file alone.
std::string place_text(const Editor& editor, const std::string& uri, const Json& range);
/// What a range covers.
std::string covered_text(const EditorText& text, const Json& range);
/// One or several locations, or links to them.
std::string locations_text(const Editor& editor, const Json& locations);
std::string diagnostics_text(const Editor& editor, const std::string& path,
                             const Json& diagnostics);
std::string symbols_text(const EditorText& text, const Json& symbols, size_t depth = 0);
/// The name of a number of one of the protocol's enumerations, as `SymbolKind`.
std::string name_of(const std::string& enumeration, const Json& value);

/// What has changed, line by line, with a line around it: ` ` both, `-` before, `+` after.
std::string changes_text(const std::string& before, const std::string& after);

}  // namespace belay::lsp::testing

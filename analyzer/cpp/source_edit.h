#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/document.h"
#include "analyzer/text/source_map.h"

namespace belay::cpp {

/// Edits of one file.
struct FileEdits {
  std::string path;
  std::vector<TextEdit> edits;
};

/// The text of a file; none where it is not known.
using SourceText = std::function<std::optional<std::string_view>(const std::string& path)>;

/// What has to be changed in a source so that the SQL in it changes as `edit` says, and the source
/// stays what it is otherwise. Empty where that cannot be written: what is to be changed is not all
/// in literals of one call, stands in a constant of its own that others may use, or would put a
/// second statement where only one is taken.
std::optional<FileEdits> source_edits(const SourceMap& map, std::string_view text,
                                      const TextEdit& edit, const SourceText& source);

}  // namespace belay::cpp

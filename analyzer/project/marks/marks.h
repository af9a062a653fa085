#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/project/layout.h"
#include "analyzer/project/project.h"
#include "analyzer/text/range.h"

namespace belay::project {

/// One direction of a file that holds both.
struct MarkedPart {
  ByteRange range;
  std::shared_ptr<const std::string> unwrapped;  ///< see Script::unwrapped
  bool no_transaction = false;
  ByteRange directive;  ///< of `no_transaction`
};

struct MarkedFile {
  std::optional<MarkedPart> up;
  std::optional<MarkedPart> down;
  std::vector<LayoutProblem> problems;
};

/// Whether the layout's files hold both directions under marks (dbmate, goose, sql-migrate,
/// node-pg-migrate).
bool has_marks(Layout layout);

/// Reads the marks as the layout's own tool does, line by line and without a look at the SQL. What
/// the tool would refuse is told; the parts are then what their author most likely meant.
MarkedFile read_marks(Layout layout, std::string_view text, const std::string& path);

/// The layout whose marks a text bears, Liquibase's first line included. Looks at comment lines
/// only.
std::optional<Layout> layout_of_marks(std::string_view text);

}  // namespace belay::project

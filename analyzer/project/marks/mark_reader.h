#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "analyzer/project/marks/marks.h"
#include "analyzer/project/project.h"
#include "analyzer/project/text_lines.h"
#include "analyzer/text/range.h"

// Marks in comments: `-- +goose Up` and its like.
//
// Each reader follows its tool's own parser, which works by lines: a mark counts where the tool
// sees one, inside a string or a function body too, and a comment that only looks like a mark to a
// person counts for nothing. Where the two differ, the difference is the finding.
namespace belay::project {

MarkedFile read_goose(std::string_view text, const std::string& path);
MarkedFile read_sql_migrate(std::string_view text, const std::string& path);
MarkedFile read_dbmate(std::string_view text, const std::string& path);
MarkedFile read_node_pg_migrate(std::string_view text, const std::string& path);

/// Whether a comment line is `-- Up Migration` or its like: dashes and white space, the word, white
/// space, `migration`.
bool is_node_mark(std::string_view line, std::string_view word);

/// Collects what a reader has to say of its file.
class MarkReader {
 public:
  MarkReader(std::string_view text, const std::string& path) : text_(text), path_(path) {}

 protected:
  void problem(LayoutProblem::Kind kind, ByteRange range, std::string message) {
    file_.problems.push_back({kind, path_, range, std::move(message), ""});
  }
  void bad_mark(ByteRange range, std::string message) {
    problem(LayoutProblem::Kind::kBadMark, range, std::move(message));
  }

  /// Tools that compare the first bytes of a line do not see a mark behind a byte order mark.
  void check_byte_order_mark(std::string_view tool, ByteRange first_mark) {
    if (content_begin(text_) == 0 || first_mark.begin != content_begin(text_)) return;
    bad_mark({0, first_mark.end}, "the file begins with a byte order mark, and " +
                                      std::string(tool) +
                                      " does not see the mark behind it; save it without one");
  }

  std::string_view text_;
  const std::string& path_;
  MarkedFile file_;
};

}  // namespace belay::project

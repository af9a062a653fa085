#include "analyzer/project/marks/marks.h"

#include "analyzer/project/marks/mark_reader.h"
#include "analyzer/project/text_lines.h"
#include "support/ascii.h"

namespace belay::project {

bool has_marks(Layout layout) {
  return layout == Layout::kDbmate || layout == Layout::kGoose || layout == Layout::kSqlMigrate ||
         layout == Layout::kNodePgMigrate;
}

MarkedFile read_marks(Layout layout, std::string_view text, const std::string& path) {
  switch (layout) {
    case Layout::kGoose: return read_goose(text, path);
    case Layout::kSqlMigrate: return read_sql_migrate(text, path);
    case Layout::kDbmate: return read_dbmate(text, path);
    case Layout::kNodePgMigrate: return read_node_pg_migrate(text, path);
    default: return {};
  }
}

std::optional<Layout> layout_of_marks(std::string_view text) {
  CommentLineReader lines(text);
  bool first = true;
  for (TextLine line; lines.next(line); first = false) {
    std::string_view rest = trim_left(line.text);
    rest = trim_left(rest.substr(2));
    if (ascii::starts_with_ignoring_case(rest, "+goose ")) return Layout::kGoose;
    if (ascii::starts_with_ignoring_case(rest, "+migrate ")) return Layout::kSqlMigrate;
    if (rest.starts_with("migrate:up") || rest.starts_with("migrate:down")) return Layout::kDbmate;
    if (first && ascii::starts_with_ignoring_case(rest, "liquibase") &&
        ascii::starts_with_ignoring_case(trim_left(rest.substr(9)), "formatted") &&
        trim_left(text.substr(content_begin(text), line.begin - content_begin(text))).empty()) {
      return Layout::kLiquibase;
    }
    if (is_node_mark(line.text, "up") || is_node_mark(line.text, "down")) {
      return Layout::kNodePgMigrate;
    }
  }
  return std::nullopt;
}

}  // namespace belay::project

// Source of the grammar: salsita/node-pg-migrate, src/sqlMigration.ts.
#include "analyzer/project/marks/mark_reader.h"
#include "support/ascii.h"

namespace belay::project {

bool is_node_mark(std::string_view line, std::string_view word) {
  std::string_view rest = trim_left(line);
  if (!rest.starts_with("--")) return false;
  while (!rest.empty() && (rest.front() == '-' || ascii::is_space(rest.front()))) {
    rest.remove_prefix(1);
  }
  if (!ascii::starts_with_ignoring_case(rest, word)) return false;
  rest.remove_prefix(word.size());
  if (rest.empty() || !ascii::is_space(rest.front())) return false;
  return ascii::starts_with_ignoring_case(trim_left(rest), "migration");
}

/// The tool takes the first mark of each kind. Without `Up` everything is up, and what stands below
/// `Down` is run twice over: as part of the up too.
MarkedFile read_node_pg_migrate(std::string_view text, const std::string& path) {
  std::optional<TextLine> up;
  std::optional<TextLine> down;
  CommentLineReader lines(text);
  for (TextLine line; (!up || !down) && lines.next(line);) {
    if (!up && is_node_mark(line.text, "up")) up = line;
    if (!down && is_node_mark(line.text, "down")) down = line;
  }
  const auto size = static_cast<uint32_t>(text.size());
  MarkedFile file;
  file.up = MarkedPart{};
  file.up->range = {up ? up->next : content_begin(text), size};
  if (up && down && down->begin > up->begin) file.up->range.end = down->begin;
  if (!down) return file;
  file.down = MarkedPart{};
  file.down->range = {down->next, up && up->begin > down->begin ? up->begin : size};
  if (!up) {
    file.problems.push_back({LayoutProblem::Kind::kBadMark, path, down->range(),
                             "without `-- Up Migration` node-pg-migrate runs the whole file as the "
                             "up, what stands below this line included",
                             ""});
  }
  return file;
}

}  // namespace belay::project

#include "tests/analyzer/project/reading.h"

#include <string_view>

#include "analyzer/project/text_lines.h"
#include "analyzer/text/line_table.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

using TextOf = std::function<std::string(const std::string&)>;

/// `3-7`, from the first line with something on it to the last; `-` for nothing at all.
std::string lines_of(std::string_view text, ByteRange range) {
  const std::string_view whole = range.of(text);
  if (ascii::trim(whole).empty()) return "-";
  const auto first = range.begin + static_cast<uint32_t>(whole.size() - trim_left(whole).size());
  const auto last = range.begin + static_cast<uint32_t>(trim_right(whole).size() - 1);
  const LineTable table(text);
  const uint32_t from = table.line_of(first) + 1;
  const uint32_t to = table.line_of(last) + 1;
  return from == to ? std::to_string(from) : std::to_string(from) + "-" + std::to_string(to);
}

/// A text on one line, for scripts that do not stand in their file as they run.
std::string squeezed(std::string_view text) {
  std::string out;
  for (std::string_view word = next_word(text); !word.empty(); word = next_word(text)) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out;
}

std::string script_line(const Script& script, const std::string& root, const TextOf& text_of) {
  const std::string text = text_of(script.path);
  std::string out = path::relative_to(script.path, root) + ":" + lines_of(text, script.range) +
                    " " + std::string(transaction_habit_name(script.transaction));
  if (!script.transaction_directive.empty()) {
    const bool elsewhere = !script.directive_path.empty();
    const std::string directive = elsewhere ? text_of(script.directive_path) : text;
    out += " by \"" + squeezed(script.transaction_directive.of(directive)) + "\"";
    if (elsewhere) out += " in " + path::relative_to(script.directive_path, root);
  }
  if (script.unwrapped) out += "\n      reads: " + squeezed(script.range.of(*script.unwrapped));
  return out;
}

std::string_view kind_name(Migration::Kind kind) {
  switch (kind) {
    case Migration::Kind::kVersioned: return "versioned";
    case Migration::Kind::kRepeatable: return "repeatable";
    case Migration::Kind::kBaseline: return "baseline";
    case Migration::Kind::kOutside: return "outside";
  }
  return "";
}

std::string migration_lines(const Migration& migration, const std::string& root,
                            const TextOf& text_of) {
  std::string out = "  " + migration.id + " | version " +
                    (migration.version.empty() ? "none" : migration.version) + " | name " +
                    (migration.name.empty() ? "none" : migration.name) + " | " +
                    std::string(kind_name(migration.kind)) +
                    (migration.one_way ? " | one way" : "") + "\n";
  if (migration.up) out += "    up   " + script_line(*migration.up, root, text_of) + "\n";
  if (migration.down) out += "    down " + script_line(*migration.down, root, text_of) + "\n";
  return out;
}

std::string problem_line(const LayoutProblem& problem, const std::string& root,
                         const TextOf& text_of) {
  std::string place = path::relative_to(problem.path, root);
  if (!problem.range.empty()) {
    place += ':';
    place += lines_of(text_of(problem.path), problem.range);
  }
  std::string out = "  problem " + std::string(layout_problem_name(problem.kind)) + " " + place +
                    ": " + problem.message;
  if (!problem.related_path.empty()) {
    out += " (see " + path::relative_to(problem.related_path, root) + ")";
  }
  return out + "\n";
}

std::string choice_line(const Choice& choice) {
  return choice.what + " " + choice.value + ": " + choice.why + "\n";
}

}  // namespace

std::string describe(const MigrationSet& set, const std::string& root, const TextOf& text_of) {
  std::string out = "set " + path::relative_to(set.directory, root) + " | " +
                    std::string(layout_name(set.layout)) + " | " +
                    std::string(engine_name(set.dialect.engine)) + " " +
                    to_string(set.dialect.version) + " | " +
                    std::string(transaction_habit_name(set.transaction)) + "\n";
  for (const Migration& migration : set.migrations) {
    out += migration_lines(migration, root, text_of);
  }
  for (const LayoutProblem& problem : set.problems) out += problem_line(problem, root, text_of);
  return out;
}

std::string describe(const Project& project, const std::string& root, const TextOf& text_of) {
  std::string out;
  for (const Choice& choice : project.choices) out += "choice " + choice_line(choice);
  for (const MigrationSet& set : project.sets) {
    if (!out.empty()) out += "\n";
    out += describe(set, root, text_of);
    for (const Choice& choice : set.choices) {
      // The assumed version moves with the years; whether one is stated is tested elsewhere.
      if (choice.what != "version") out += "  choice " + choice_line(choice);
    }
  }
  return out;
}

}  // namespace belay::project

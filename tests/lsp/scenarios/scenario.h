#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace belay::lsp::testing {

/// What a scenario's author got wrong, with its file and line.
class ScenarioError : public std::exception {
 public:
  explicit ScenarioError(std::string what) : what_(std::move(what)) {}
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  std::string what_;
};

/// `[[name:text]]` in a file: a place that actions name. Bytes, in the text without marks.
struct Place {
  std::string name;
  size_t begin = 0;
  size_t end = 0;
};

struct MarkedText {
  std::string text;
  std::vector<Place> places;
};

/// Takes the marks out of a text. A mark that does not end throws an error that starts with
/// `where`.
MarkedText read_marks(std::string_view marked, const std::string& where);

/// `-- path (options) --` and the lines under it.
struct ScenarioFile {
  std::string path;
  size_t line = 0;  ///< of its title
  MarkedText content;
};

/// `> name argument "text"`, the text of `| ` lines under it, and what is expected.
struct Step {
  size_t line = 0;
  std::string name;
  std::vector<std::string> arguments;
  bool has_text = false;
  std::string text;  ///< may have marks
  /// Where in the scenario's lines the expected answer stands.
  size_t answer_begin = 0;
  size_t answer_end = 0;
};

/// A scenario as it is written down; README.md tells the format.
struct Scenario {
  std::string path;
  std::vector<std::string> lines;
  std::vector<ScenarioFile> files;
  std::vector<Step> steps;

  /// Throws ScenarioError.
  static Scenario read(const std::string& path, const std::string& text);
  /// The whole text with other answers, one for each step.
  std::string with_answers(const std::vector<std::string>& answers) const;
  /// `path:line: message`
  std::string at(size_t line, const std::string& message) const;
};

}  // namespace belay::lsp::testing

#include "tests/lsp/scenarios/scenario.h"

#include <algorithm>
#include <optional>
#include <set>

namespace belay::lsp::testing {
namespace {

constexpr std::string_view kAnswerIndent = "  ";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// What stands in a file's title line; none where the line is none.
struct Title {
  std::string path;
  std::vector<std::string> options;
};
std::optional<Title> read_title(std::string_view line) {
  constexpr std::string_view kBegin = "-- ";
  constexpr std::string_view kEnd = " --";
  if (!line.starts_with(kBegin) || !line.ends_with(kEnd) || line.size() < 7) return std::nullopt;
  std::string_view inside = line.substr(kBegin.size(), line.size() - kBegin.size() - kEnd.size());
  Title out;
  if (const size_t open = inside.rfind(" ("); inside.ends_with(')') && open != inside.npos) {
    std::string_view options = inside.substr(open + 2, inside.size() - open - 3);
    while (!options.empty()) {
      const size_t comma = std::min(options.find(", "), options.size());
      out.options.emplace_back(options.substr(0, comma));
      options.remove_prefix(std::min(comma + 2, options.size()));
    }
    inside = inside.substr(0, open);
  }
  if (inside.find('.') == inside.npos) return std::nullopt;
  out.path = inside;
  return out;
}

/// The words of an action's line; what stands in quotes is one, with \n, \" and \\ in it.
std::vector<std::string> read_words(std::string_view line, const std::string& where) {
  std::vector<std::string> out;
  for (size_t i = 0; i < line.size();) {
    if (line[i] == ' ') {
      ++i;
      continue;
    }
    std::string& word = out.emplace_back();
    if (line[i] != '"') {
      while (i < line.size() && line[i] != ' ') word += line[i++];
      continue;
    }
    for (++i; i < line.size() && line[i] != '"'; ++i) {
      if (line[i] != '\\' || i + 1 == line.size()) {
        word += line[i];
        continue;
      }
      ++i;
      word += line[i] == 'n' ? '\n' : line[i] == 'r' ? '\r' : line[i] == 't' ? '\t' : line[i];
    }
    if (i == line.size()) throw ScenarioError(where + "the quotes do not end");
    ++i;
  }
  return out;
}

class Reader {
 public:
  explicit Reader(Scenario& scenario) : s_(scenario) {}

  void read() {
    while (at_ < lines().size() && !is_step() && !read_title(lines()[at_])) ++at_;
    if (at_ == 0 || lines()[0].empty()) fail(0, "the first line says what the scenario shows");
    while (at_ < lines().size() && !is_step()) read_file();
    if (s_.steps.empty() && at_ == lines().size())
      fail(at_ - 1, "there is no action: `> hover here`");
    while (at_ < lines().size()) read_step();
  }

 private:
  const std::vector<std::string>& lines() const { return s_.lines; }
  bool is_step() const { return lines()[at_].starts_with("> "); }
  [[noreturn]] void fail(size_t line, const std::string& message) const {
    throw ScenarioError(s_.at(line, message));
  }

  void read_file() {
    const Title title = *read_title(lines()[at_]);
    ScenarioFile& file = s_.files.emplace_back();
    file.path = title.path;
    file.line = at_++;
    std::string text;
    const size_t first = at_;
    while (at_ < lines().size() && !is_step() && !read_title(lines()[at_])) ++at_;
    size_t end = at_;
    // An empty line before the next title is there for the reader.
    if (end > first && lines()[end - 1].empty()) --end;
    for (size_t i = first; i < end; ++i) text += lines()[i] + "\n";
    for (const std::string& option : title.options) apply(option, file.line, text);
    file.content = read_marks(text, s_.at(file.line, ""));
    for (const Place& place : file.content.places) {
      if (!places_.insert(place.name).second) fail(file.line, "two places `" + place.name + "`");
    }
  }

  void apply(const std::string& option, size_t line, std::string& text) const {
    if (option == "crlf" || option == "cr") {
      std::string out;
      for (const char c : text)
        out += c == '\n' ? (option == "cr" ? "\r" : "\r\n") : std::string(1, c);
      text = out;
    } else if (option == "bom") {
      text.insert(0, kByteOrderMark);
    } else if (option == "no newline") {
      while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    } else {
      fail(line, "no option of a file: " + option + "; there are crlf, cr, bom, no newline");
    }
  }

  void read_step() {
    Step& step = s_.steps.emplace_back();
    step.line = at_;
    std::vector<std::string> words = read_words(lines()[at_].substr(2), s_.at(at_, ""));
    if (words.empty()) fail(at_, "an action has a name");
    step.name = words.front();
    step.arguments.assign(words.begin() + 1, words.end());
    for (++at_; at_ < lines().size() && lines()[at_].starts_with("|"); ++at_) {
      const std::string& line = lines()[at_];
      if (line.size() > 1 && line[1] != ' ') fail(at_, "text stands behind `| `");
      step.has_text = true;
      step.text += (line.size() > 1 ? line.substr(2) : "") + "\n";
    }
    step.answer_begin = at_;
    while (at_ < lines().size() &&
           (lines()[at_].empty() || lines()[at_].starts_with(kAnswerIndent))) {
      ++at_;
    }
    step.answer_end = at_;
    while (step.answer_end > step.answer_begin && lines()[step.answer_end - 1].empty()) {
      --step.answer_end;
    }
    // What is told between two actions is for the reader.
    while (at_ < lines().size() && (lines()[at_].empty() || lines()[at_].starts_with("#"))) ++at_;
    if (at_ < lines().size() && !is_step()) {
      fail(at_,
           "neither an action (`> `), its text (`| `), its answer (two spaces) nor a remark (#)");
    }
  }

  Scenario& s_;
  size_t at_ = 0;
  std::set<std::string> places_;
};

}  // namespace

MarkedText read_marks(std::string_view marked, const std::string& where) {
  MarkedText out;
  for (size_t i = 0; i < marked.size(); ++i) {
    const size_t colon = marked.substr(i, 2) == "[[" ? marked.find(':', i) : marked.npos;
    if (colon == marked.npos || !is_name(marked.substr(i + 2, colon - i - 2))) {
      out.text += marked[i];
      continue;
    }
    const size_t end = marked.find("]]", colon);
    if (end == marked.npos) throw ScenarioError(where + "a place does not end");
    Place& place = out.places.emplace_back();
    place.name = marked.substr(i + 2, colon - i - 2);
    place.begin = out.text.size();
    out.text += marked.substr(colon + 1, end - colon - 1);
    place.end = out.text.size();
    i = end + 1;
  }
  return out;
}

Scenario Scenario::read(const std::string& path, const std::string& text) {
  Scenario out;
  out.path = path;
  out.lines = split_lines(text);
  if (out.lines.empty()) throw ScenarioError(out.at(0, "the file is empty"));
  Reader(out).read();
  return out;
}

std::string Scenario::with_answers(const std::vector<std::string>& answers) const {
  std::string out;
  size_t copied = 0;
  const auto copy_to = [&](size_t end) {
    for (; copied < end; ++copied) out += lines[copied] + "\n";
  };
  for (size_t i = 0; i < steps.size(); ++i) {
    copy_to(steps[i].answer_begin);
    for (const std::string& line : split_lines(answers[i])) {
      out += line.empty() ? "\n" : std::string(kAnswerIndent) + line + "\n";
    }
    copied = steps[i].answer_end;
  }
  copy_to(lines.size());
  return out;
}

std::string Scenario::at(size_t line, const std::string& message) const {
  return path + ":" + std::to_string(line + 1) + ": " + message;
}

}  // namespace belay::lsp::testing

#include "workbench/dot_env.h"

#include <optional>
#include <utility>

#include "support/ascii.h"

namespace belay::workbench {
namespace {

constexpr uint64_t kMostBytes = uint64_t{1} << 20U;

/// What is wrong with a line; empty: nothing.
using Problem = std::string;

Problem single_quoted(std::string_view& rest, std::string& value) {
  const size_t end = rest.find('\'', 1);
  if (end == std::string_view::npos) return "the quote is not closed on its line";
  value = rest.substr(1, end - 1);
  rest.remove_prefix(end + 1);
  return {};
}

Problem substitution(std::string_view at) {
  if (at[0] == '`' || at.starts_with("$(")) {
    return "no command is run for a value; put it in single quotes where it is meant as it stands";
  }
  if (at.starts_with("${")) {
    return "no variable is put into a value; put it in single quotes where it is meant as it "
           "stands";
  }
  return {};
}

Problem double_quoted(std::string_view& rest, std::string& value) {
  constexpr std::string_view kEscapes = "nrt\"\\$";
  constexpr std::string_view kMeanings = "\n\r\t\"\\$";
  for (size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return {};
    }
    if (rest[i] == '\\' && i + 1 < rest.size()) {
      const size_t escape = kEscapes.find(rest[i + 1]);
      if (escape == std::string_view::npos) return "a backslash before a letter that needs none";
      value += kMeanings[escape];
      ++i;
      continue;
    }
    if (Problem problem = substitution(rest.substr(i)); !problem.empty()) return problem;
    value += rest[i];
  }
  return "the quote is not closed on its line";
}

Problem bare(std::string_view& rest, std::string& value) {
  while (!rest.empty() && !ascii::is_blank(rest[0])) {
    if (rest[0] == '"' || rest[0] == '\'')
      return "a quote within a value; put quotes around all of it";
    if (Problem problem = substitution(rest); !problem.empty()) return problem;
    value += rest[0];
    rest.remove_prefix(1);
  }
  return {};
}

Problem read_value(std::string_view rest, std::string& value) {
  rest = ascii::trim(rest);
  if (rest.empty() || rest[0] == '#') return {};
  Problem problem = rest[0] == '\''  ? single_quoted(rest, value)
                    : rest[0] == '"' ? double_quoted(rest, value)
                                     : bare(rest, value);
  if (!problem.empty()) return problem;
  const bool apart = rest.empty() || ascii::is_blank(rest[0]);
  rest = ascii::trim(rest);
  if (rest.empty() || (apart && rest[0] == '#')) return {};
  return "something follows the value; put quotes around a value with white space";
}

Problem read_line(std::string_view line, DotEnv& out) {
  line = ascii::trim(line);
  if (line.empty() || line[0] == '#') return {};
  constexpr std::string_view kExport = "export";
  if (line.starts_with(kExport) && line.size() > kExport.size() &&
      ascii::is_blank(line[kExport.size()])) {
    line = ascii::trim(line.substr(kExport.size()));
  }
  size_t end = 0;
  while (end < line.size() && ascii::is_word(line[end])) ++end;
  if (end == 0 || ascii::is_digit(line[0])) return "it does not begin with the name of a variable";
  if (end == line.size() || line[end] != '=') return "there is no `=` right behind the name";
  std::string value;
  Problem problem = read_value(line.substr(end + 1), value);
  if (problem.empty()) out.variables[std::string(line.substr(0, end))] = std::move(value);
  return problem;
}

}  // namespace

DotEnv parse_dot_env(std::string_view text, const std::string& path) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  DotEnv out;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    const Problem problem = read_line(text.substr(0, end), out);
    if (!problem.empty()) {
      out.problems.push_back(path + ":" + std::to_string(number) + ": " + problem);
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

DotEnv read_dot_env(const FileSystem& files, const std::string& path) {
  if (!files.exists(path) || files.is_directory(path)) return {};
  const Result<std::string> text = files.read(path, kMostBytes);
  if (text) return parse_dot_env(*text, path);
  DotEnv out;
  out.problems.push_back(text.error().to_string());
  return out;
}

runtime::EnvironmentLookup with_dot_env(runtime::EnvironmentLookup first, const DotEnv& file) {
  return [first = std::move(first),
          variables = file.variables](const std::string& name) -> std::optional<std::string> {
    if (first) {
      if (std::optional<std::string> value = first(name)) return value;
    }
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

}  // namespace belay::workbench

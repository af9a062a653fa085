#include "workbench/cpp/compile_commands.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace belay::workbench {
namespace {

using Json = nlohmann::json;

constexpr uint64_t kLargestDatabase = uint64_t{256} << 20U;

/// Options whose value is the next word.
bool takes_value(std::string_view word) {
  constexpr std::string_view kOptions[] = {
      "-I", "-isystem", "-iquote",   "-idirafter", "-include",  "-imacros", "-D",
      "-U", "-x",       "-isysroot", "-target",    "--sysroot", "-std"};
  return std::find(std::begin(kOptions), std::end(kOptions), word) != std::end(kOptions);
}

bool is_meaning(std::string_view word) {
  constexpr std::string_view kPrefixes[] = {
      "-I",        "-isystem",  "-iquote",         "-idirafter",    "-include",  "-imacros",
      "-D",        "-U",        "-std=",           "--std=",        "-nostdinc", "-stdlib=",
      "-isysroot", "--sysroot", "-funsigned-char", "-fsigned-char", "-fchar8_t", "-fno-char8_t",
      "-pthread",  "-target",   "--target=",       "-m32",          "-m64",      "-fms-extensions"};
  return std::any_of(std::begin(kPrefixes), std::end(kPrefixes),
                     [&](std::string_view prefix) { return word.starts_with(prefix); });
}

std::vector<std::string> meaning_of(const std::vector<std::string>& words, size_t from) {
  std::vector<std::string> out;
  for (size_t i = from; i < words.size(); ++i) {
    const std::string& word = words[i];
    const bool separate = takes_value(word) && i + 1 < words.size();
    if (!separate && !is_meaning(word)) continue;
    out.push_back(word);
    if (separate) out.push_back(words[++i]);
  }
  return out;
}

/// How many bytes two paths have in common, in whole folders.
size_t common_part(std::string_view a, std::string_view b) {
  const size_t size = std::min(a.size(), b.size());
  size_t folder = 0;
  for (size_t i = 0; i < size && a[i] == b[i]; ++i) {
    if (a[i] == '/') folder = i + 1;
  }
  return folder;
}

std::string_view stem_of(std::string_view path) {
  const std::string_view name = path::file_name(path);
  return name.substr(0, name.find('.'));
}

std::optional<std::string> file_in(const FileSystem& files, const std::string& folder) {
  for (const char* name :
       {"compile_commands.json", "build/compile_commands.json", "compile_flags.txt"}) {
    std::string path = path::join(folder, name);
    if (files.exists(path)) return path;
  }
  return std::nullopt;
}

std::optional<std::string> file_for(const FileSystem& files, const std::string& folder,
                                    const std::string& configured) {
  if (!configured.empty()) {
    return files.is_directory(configured) ? file_in(files, configured) : configured;
  }
  for (std::string at = path::absolute(folder); !at.empty(); at = std::string(path::parent(at))) {
    if (auto found = file_in(files, at)) return found;
    if (at == "/") break;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> shell_words(std::string_view line) {
  std::vector<std::string> out;
  std::optional<std::string> word;
  char quote = '\0';
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool escapes = c == '\\' && quote != '\'' && i + 1 < line.size();
    if (escapes && (quote == '\0' || line[i + 1] == '"' || line[i + 1] == '\\')) {
      if (!word) word.emplace();
      *word += line[++i];
    } else if (quote != '\0') {
      if (c == quote) {
        quote = '\0';
      } else {
        *word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      if (!word) word.emplace();
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (word) out.push_back(*std::exchange(word, std::nullopt));
    } else {
      if (!word) word.emplace();
      *word += c;
    }
  }
  if (word) out.push_back(*std::move(word));
  return out;
}

Result<CompileCommands> CompileCommands::find(const FileSystem& files, const std::string& folder,
                                              const std::string& configured) {
  CompileCommands out;
  const std::optional<std::string> found = file_for(files, folder, configured);
  if (!found) {
    if (configured.empty()) return out;
    return Error{"there is no compile_commands.json", configured,
                 "`compile_commands` in belay.toml names the folder that it lies in"};
  }
  out.path_ = *found;
  const Result<std::string> text = files.read(out.path_, kLargestDatabase);
  if (!text) return text.error();
  if (out.path_.ends_with(".txt")) {
    out.for_all_ = {meaning_of(shell_words(*text), 0), std::string(path::parent(out.path_))};
    return out;
  }
  const Json json = Json::parse(*text, nullptr, false);
  if (!json.is_array()) return Error{"it is not a list of compile commands", out.path_, ""};
  for (const Json& entry : json) {
    if (!entry.is_object() || !entry.contains("file")) continue;
    CompileCommand command;
    command.directory = path::absolute(
        path::join(path::parent(out.path_), entry.value("directory", std::string())));
    std::vector<std::string> words;
    if (const auto list = entry.find("arguments"); list != entry.end() && list->is_array()) {
      for (const Json& word : *list)
        words.push_back(word.is_string() ? word.get<std::string>() : "");
    } else {
      words = shell_words(entry.value("command", std::string()));
    }
    command.arguments = meaning_of(words, 1);
    const std::string source =
        path::normalize(path::join(command.directory, entry.value("file", std::string())));
    out.commands_.emplace(source, std::move(command));
  }
  return out;
}

std::vector<std::string> CompileCommands::sources() const {
  std::vector<std::string> out;
  for (const auto& [source, command] : commands_) out.push_back(source);
  return out;
}

CompileCommand CompileCommands::command_for(const std::string& source) const {
  if (const auto found = commands_.find(source); found != commands_.end()) return found->second;
  const CompileCommand* nearest = &for_all_;
  std::pair<bool, size_t> best;
  for (const auto& [other, command] : commands_) {
    const std::pair<bool, size_t> near = {stem_of(other) == stem_of(source),
                                          common_part(other, source)};
    if (nearest != &for_all_ && near <= best) continue;
    nearest = &command;
    best = near;
  }
  return *nearest;
}

}  // namespace belay::workbench

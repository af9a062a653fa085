#include "analyzer/project/manifests.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "analyzer/project/quoted.h"
#include "analyzer/project/text_lines.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

/// Manifests lie between a migrations folder and the root of its repository; this far up at most
/// where no repository ends the search.
constexpr int kMostLevelsUp = 8;

struct ToolMark {
  std::string_view manifest;
  std::string_view word;
  Layout layout;
};

constexpr std::array kToolMarks = {
    ToolMark{"go.mod", "github.com/golang-migrate/migrate", Layout::kGolangMigrate},
    ToolMark{"go.mod", "github.com/maragudk/migrate", Layout::kUpDown},
    ToolMark{"go.mod", "maragu.dev/migrate", Layout::kUpDown},
    ToolMark{"Cargo.toml", "sqlx", Layout::kSqlx},
    ToolMark{"Cargo.toml", "refinery", Layout::kRefinery},
    ToolMark{"package.json", "node-pg-migrate", Layout::kNodePgMigrate},
    ToolMark{"pom.xml", "flyway", Layout::kFlyway},
    ToolMark{"build.gradle", "flyway", Layout::kFlyway},
    ToolMark{"build.gradle.kts", "flyway", Layout::kFlyway},
    ToolMark{"flyway.conf", "flyway", Layout::kFlyway},
    ToolMark{"flyway.toml", "flyway", Layout::kFlyway},
};

/// Whether a word that begins with `word` stands in a text: `flyway` in `flyway-core`, `sqlx` not
/// in `sqlxmq`.
bool names(std::string_view text, std::string_view word) {
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool begins = at == 0 || (!ascii::is_word(text[at - 1]) && text[at - 1] != '-');
    const size_t end = at + word.size();
    if (begins && (end == text.size() || !ascii::is_word(text[end]))) return true;
  }
  return false;
}

/// Calls `look` for the folder and those above it, up to the root of the repository, until it
/// returns something.
template <class Look>
auto search_upwards(ProjectFiles& files, const std::string& directory, Look look)
    -> decltype(look(std::declval<const Folder&>())) {
  std::string at = directory;
  for (int level = 0; level < kMostLevelsUp; ++level) {
    if (auto found = look(files.folder(at))) return found;
    const std::string parent(path::parent(at));
    if (files.is_repository_root(at) || parent.empty() || parent == at) break;
    at = parent;
  }
  return std::nullopt;
}

/// The value of `key: value` or `key = value` on a line of its own, without quotes.
std::optional<std::string> setting(std::string_view text, std::string_view key) {
  LineReader lines(text, content_begin(text));
  for (TextLine line; lines.next(line);) {
    std::string_view rest = ascii::trim(line.text);
    if (!rest.starts_with(key)) continue;
    rest = trim_left(rest.substr(key.size()));
    if (rest.empty() || (rest.front() != ':' && rest.front() != '=')) continue;
    rest = ascii::trim(rest.substr(1));
    while (!rest.empty() && (rest.front() == '"' || rest.front() == '\'')) rest.remove_prefix(1);
    while (!rest.empty() && (rest.back() == '"' || rest.back() == '\'')) rest.remove_suffix(1);
    return std::string(rest);
  }
  return std::nullopt;
}

/// `jdbc:postgresql://host/db` names postgresql.
std::string engine_of_jdbc(std::string_view url) {
  if (!url.starts_with("jdbc:")) return "";
  url.remove_prefix(5);
  return std::string(url.substr(0, url.find(':')));
}

struct ToolConfig {
  Layout layout;
  std::string_view file;
  std::string_view key;
};

constexpr std::array kToolConfigs = {
    ToolConfig{Layout::kSqlMigrate, "dbconfig.yml", "dialect"},
    ToolConfig{Layout::kFlyway, "flyway.conf", "flyway.url"},
    ToolConfig{Layout::kFlyway, "flyway.toml", "url"},
    ToolConfig{Layout::kLiquibase, "liquibase.properties", "url"},
};

}  // namespace

std::optional<ToolEvidence> tool_in_manifests(ProjectFiles& files, const std::string& directory,
                                              const std::vector<Layout>& tools) {
  return search_upwards(files, directory, [&](const Folder& folder) {
    std::optional<ToolEvidence> found;
    for (const ToolMark& mark : kToolMarks) {
      if (std::find(tools.begin(), tools.end(), mark.layout) == tools.end()) continue;
      if (!folder.has_file(mark.manifest)) continue;
      const std::string* text = files.text(folder.file(mark.manifest));
      if (text == nullptr || !names(*text, mark.word)) continue;
      if (found && found->layout != mark.layout) return std::optional<ToolEvidence>();
      found = ToolEvidence{mark.layout, quoted(mark.manifest) + " names " + std::string(mark.word)};
    }
    return found;
  });
}

std::optional<EngineEvidence> engine_in_tool_config(ProjectFiles& files,
                                                    const std::string& directory, Layout layout) {
  return search_upwards(files, directory, [&](const Folder& folder) {
    for (const ToolConfig& config : kToolConfigs) {
      if (config.layout != layout || !folder.has_file(config.file)) continue;
      const std::string* text = files.text(folder.file(config.file));
      if (text == nullptr) continue;
      const auto value = setting(*text, config.key);
      if (!value) continue;
      const std::string engine = config.key == "dialect" ? *value : engine_of_jdbc(*value);
      if (engine.empty()) continue;
      return std::optional<EngineEvidence>(
          EngineEvidence{engine, quoted(config.file) + " says so"});
    }
    return std::optional<EngineEvidence>();
  });
}

}  // namespace belay::project

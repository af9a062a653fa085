#include "analyzer/project/detect_dialect.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "analyzer/project/dialect_words.h"
#include "analyzer/project/file_name.h"
#include "analyzer/project/layouts/sqitch.h"
#include "analyzer/project/manifests.h"
#include "analyzer/project/text_lines.h"
#include "analyzer/project/toml_document.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

/// Scripts that are read for their words: the first and last ones, and some between.
constexpr size_t kMostScored = 64;
/// So much of each: a script that says nothing of its engine in that many bytes is not asked on.
constexpr size_t kMostBytesScored = 16 << 10;

/// An engine as a tool's configuration writes it. `cockroach` and `oracle` are engines, too; sets
/// for them are left out rather than read as something else.
EngineGuess guess_from_name(std::string_view written, const std::string& why) {
  if (const auto engine = engine_from_name(written)) return {engine, why};
  return {std::nullopt, why + ", `" + std::string(written) +
                            "`, which is not among the engines "
                            "that are checked"};
}

std::optional<std::string> toml_string(ProjectFiles& files, const std::string& path,
                                       std::string_view key) {
  const std::string* text = files.text(path);
  if (text == nullptr) return std::nullopt;
  const TomlDocument document = parse_toml(*text);
  const TomlEntry* entry = document.root.find(key);
  if (entry == nullptr || entry->value.kind != TomlValue::Kind::kString) return std::nullopt;
  return entry->value.string;
}

/// `provider = "postgresql"` of the `datasource` block.
std::optional<std::string> schema_prisma_provider(std::string_view text) {
  bool inside = false;
  LineReader lines(text, content_begin(text));
  for (TextLine line; lines.next(line);) {
    std::string_view rest = ascii::trim(line.text);
    if (rest.starts_with("datasource")) inside = true;
    if (rest.starts_with("}")) inside = false;
    if (!inside || !rest.starts_with("provider")) continue;
    const size_t open = rest.find('"');
    const size_t close = rest.find('"', open + 1);
    if (open == std::string_view::npos || close == std::string_view::npos) continue;
    return std::string(rest.substr(open + 1, close - open - 1));
  }
  return std::nullopt;
}

std::optional<EngineGuess> guess_prisma(ProjectFiles& files, const std::string& directory) {
  const std::string lock = path::join(directory, "migration_lock.toml");
  if (files.has_file(lock)) {
    if (const auto provider = toml_string(files, lock, "provider")) {
      return guess_from_name(*provider, "the provider in `migration_lock.toml`");
    }
  }
  const std::string schema = path::join(path::parent(directory), "schema.prisma");
  if (files.has_file(schema)) {
    const std::string* text = files.text(schema);
    const auto provider = text != nullptr ? schema_prisma_provider(*text) : std::nullopt;
    if (provider) return guess_from_name(*provider, "the provider in `schema.prisma`");
  }
  return std::nullopt;
}

std::optional<EngineGuess> guess_from_tool(ProjectFiles& files, const std::string& directory,
                                           Layout layout) {
  if (layout == Layout::kPrisma) return guess_prisma(files, directory);
  if (layout == Layout::kSqitch) {
    const std::string engine = read_sqitch_config(files, directory).engine;
    if (!engine.empty()) return guess_from_name(engine, "the engine in `sqitch.conf`");
    return std::nullopt;
  }
  if (const auto found = engine_in_tool_config(files, directory, layout)) {
    return guess_from_name(found->engine, found->why);
  }
  return std::nullopt;
}

EngineGuess guess_from_scripts(ProjectFiles& files, const std::string& directory,
                               const std::vector<std::string>& scripts) {
  DialectScore score;
  const size_t count = std::min(scripts.size(), kMostScored);
  for (size_t i = 0; i < count && !score.is_clear(); ++i) {
    // Evenly spread, the first and the last included.
    const size_t at = count < 2 ? 0 : i * (scripts.size() - 1) / (count - 1);
    const std::string* text = files.text(scripts[at]);
    if (text == nullptr) continue;
    score.add(std::string_view(*text).substr(0, kMostBytesScored),
              path::relative_to(scripts[at], directory));
  }
  if (const auto verdict = score.verdict()) return {verdict->engine, verdict->why};
  return {
      Engine::kPostgres,
      "nothing in the files speaks for one engine; set `dialect` in belay.toml if this is wrong"};
}

}  // namespace

StatedDialect stated_dialect(const Config& config, const Overrides& overrides) {
  StatedDialect out;
  out.engine = overrides.engine ? overrides.engine : config.engine;
  out.engine_from = overrides.engine ? "given for this run" : "`dialect` in belay.toml";
  // A version given for another engine than the one in force says nothing.
  if (overrides.version) {
    out.version = overrides.version;
    out.version_from = "given for this run";
  } else if (!overrides.engine || overrides.engine == config.engine) {
    out.version = config.version;
    out.version_from = "`version` in belay.toml";
  }
  return out;
}

EngineVersion StatedDialect::version_of(Engine of, std::vector<Choice>& choices) const {
  // A version is one of the engine that it was stated with; of another one it says nothing.
  const bool stated = version.has_value() && (!engine || *engine == of);
  const EngineVersion out = stated ? *version : default_version(of);
  choices.push_back({"version", to_string(out),
                     stated ? version_from
                            : "assumed, for nothing says which version of " +
                                  std::string(engine_display_name(of)) +
                                  " it is; set `version` in belay.toml"});
  return out;
}

EngineGuess guess_engine(ProjectFiles& files, const std::string& directory, Layout layout,
                         const std::vector<std::string>& scripts) {
  if (auto guess = guess_from_tool(files, directory, layout)) return *std::move(guess);
  if (const auto found = engine_in_path(files, directory)) {
    return {found->engine, "the folder `" + found->name + "` is named for it"};
  }
  return guess_from_scripts(files, directory, scripts);
}

std::optional<FolderEngine> engine_in_path(const ProjectFiles& files,
                                           const std::string& directory) {
  for (std::string_view at = directory;;) {
    const std::string_view name = path::file_name(at);
    if (const auto engine = engine_in_folder_name(name)) {
      return FolderEngine{*engine, std::string(name)};
    }
    const std::string_view parent = path::parent(at);
    if (parent == at || parent.size() <= files.root().size()) break;
    at = parent;
  }
  // What lies above the root is not the project's to name; a folder that is called just `sqlite`
  // and has the migrations right below it still is one of several (`sqlite/migrations`).
  const std::string_view above = path::file_name(path::parent(directory));
  if (const auto engine = engine_from_name(above)) return FolderEngine{*engine, std::string(above)};
  return std::nullopt;
}

}  // namespace belay::project

// sqitch: a plan names the changes in their order; each has a script in deploy/ and in revert/.
//
// Source: sqitchers/sqitch lib/App/Sqitch/Plan.pm and Plan/Change.pm, sqitch-configuration.pod.
#include "analyzer/project/layouts/sqitch.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/project/layouts/plan.h"
#include "analyzer/project/text_lines.h"
#include "support/ascii.h"

namespace belay::project {
namespace {

using Kind = LayoutProblem::Kind;

/// A change or tag of the plan.
struct PlanLine {
  std::string name;  ///< without `@`
  bool is_tag = false;
  std::string timestamp;
  std::vector<std::pair<std::string, ByteRange>> requires_;
  ByteRange range;
};

/// A name as sqitch allows it: nothing of `@:#\[]` and white space, no punctuation at the ends.
bool is_name(std::string_view name) {
  return !name.empty() && name.find_first_of("@:#\\[]") == std::string_view::npos;
}

/// `name [requires !conflicts] 2024-01-31T12:00:00Z Planner <mail> # note`. None for a line that is
/// no change and no tag.
std::optional<PlanLine> parse_plan_line(const TextLine& line) {
  std::string_view rest = line.text.substr(0, std::min(line.text.find('#'), line.text.size()));
  const auto offset = [&](const char* at) {
    return line.begin + static_cast<uint32_t>(at - line.text.data());
  };
  rest = trim_left(rest);
  PlanLine out;
  out.range = {offset(rest.data()), offset(rest.data() + trim_right(rest).size())};
  if (!rest.empty() && (rest.front() == '+' || rest.front() == '-')) {
    rest = trim_left(rest.substr(1));
  } else if (rest.starts_with('@')) {
    out.is_tag = true;
    rest.remove_prefix(1);
  }
  const std::string_view name = next_word(rest);
  out.name = name;
  rest = trim_left(rest);
  if (rest.starts_with('[')) {
    const size_t close = rest.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    std::string_view inside = rest.substr(1, close - 1);
    for (std::string_view word = next_word(inside); !word.empty(); word = next_word(inside)) {
      if (word.starts_with('!')) continue;  // a conflict
      const uint32_t begin = offset(word.data());
      out.requires_.push_back(
          {std::string(word), {begin, begin + static_cast<uint32_t>(word.size())}});
    }
    rest.remove_prefix(close + 1);
  }
  out.timestamp = std::string(next_word(rest));
  const bool has_time = out.timestamp.size() == 20 && out.timestamp[10] == 'T';
  if (!is_name(name) || !has_time) return std::nullopt;
  return out;
}

/// Turns a plan into drafts.
class SqitchPlanner {
 public:
  SqitchPlanner(Planner& planner, SqitchConfig config)
      : planner_(planner), config_(std::move(config)) {}

  void run() {
    planner_.also_reads(config_.plan);
    if (planner_.files().has_file(config_.path)) planner_.also_reads(config_.path);
    const std::string* text = planner_.files().text(config_.plan);
    if (text == nullptr) return;
    read_lines(*text);
    for (size_t i = 0; i < lines_.size(); ++i) {
      if (!lines_[i].is_tag) check_requirements(i);
    }
    for (size_t i = 0; i < lines_.size(); ++i) {
      if (!lines_[i].is_tag) add_change(i);
    }
    ignore_unplanned();
  }

 private:
  void read_lines(const std::string& text) {
    LineReader reader(text, content_begin(text));
    for (TextLine line; reader.next(line);) {
      const std::string_view trimmed = ascii::trim(line.text);
      if (trimmed.empty() || trimmed.front() == '#' || trimmed.front() == '%') {
        if (trimmed.starts_with("%project=")) project_ = ascii::trim(trimmed.substr(9));
        continue;
      }
      if (auto parsed = parse_plan_line(line)) {
        lines_.push_back(std::move(*parsed));
      } else {
        planner_.problem(Kind::kBadMark, config_.plan,
                         "sqitch does not read this line; it wants `name [requirements] "
                         "2024-01-31T12:00:00Z Name <mail>`",
                         "", line.range());
      }
    }
  }

  /// sqitch keeps the order of the plan, and refuses it where a change stands before what it
  /// requires.
  void check_requirements(size_t at) {
    for (const auto& [word, range] : lines_[at].requires_) {
      std::string_view wanted = word;
      if (const size_t colon = wanted.find(':'); colon != std::string_view::npos) {
        if (wanted.substr(0, colon) != project_) continue;  // of another project
        wanted.remove_prefix(colon + 1);
      }
      const std::string_view name = wanted.substr(0, wanted.find('@'));
      if (name.empty()) continue;  // `@tag` alone: any change before it
      const auto is_wanted = [&](const PlanLine& line) {
        return !line.is_tag && line.name == name;
      };
      const auto here = lines_.begin() + static_cast<std::ptrdiff_t>(at);
      if (std::any_of(lines_.begin(), here, is_wanted)) continue;
      const bool later = std::any_of(here, lines_.end(), is_wanted);
      planner_.problem(Kind::kBadMark, config_.plan,
                       "`" + lines_[at].name + "` requires `" + std::string(name) + "`, which " +
                           (later ? "the plan has only further down" : "is not in the plan") +
                           "; sqitch refuses the plan",
                       "", range);
    }
  }

  /// The tags between a change and the next change of the same name; empty for the last one.
  std::vector<std::string> rework_tags(size_t at) const {
    std::vector<std::string> tags;
    for (size_t i = at + 1; i < lines_.size(); ++i) {
      if (lines_[i].is_tag) {
        tags.push_back(lines_[i].name);
      } else if (lines_[i].name == lines_[at].name) {
        return tags;
      }
    }
    return {};
  }

  /// The script of a change: `name.sql`, or `name@tag.sql` after it was reworked.
  std::string script(const std::string& folder, const std::string& reworked_folder,
                     const std::string& name, const std::vector<std::string>& tags) {
    for (const std::string& tag : tags) {
      const std::string path =
          path::join(reworked_folder, name + "@" + tag + "." + config_.extension);
      if (planner_.files().has_file(path)) return path;
    }
    if (!tags.empty()) {
      return path::join(reworked_folder, name + "@" + tags.front() + "." + config_.extension);
    }
    return path::join(folder, name + "." + config_.extension);
  }

  void add_change(size_t at) {
    const PlanLine& line = lines_[at];
    const std::vector<std::string> tags = rework_tags(at);
    const std::string up = script(config_.deploy, config_.reworked_deploy, line.name, tags);
    const std::string down = script(config_.revert, config_.reworked_revert, line.name, tags);
    planned_.push_back(up);
    if (!planner_.files().has_file(up)) {
      return planner_.problem(Kind::kMissingFile, config_.plan,
                              "there is no deploy script for this change: `" +
                                  path::relative_to(up, planner_.folder().path) + "`",
                              up, line.range);
    }
    const std::string id = tags.empty() ? line.name : line.name + "@" + tags.front();
    Draft& draft = planner_.add({}, line.timestamp, line.name, id, up);
    if (planner_.files().has_file(down)) {
      draft.down.emplace();
      draft.down->path = down;
    }
  }

  void ignore_unplanned() {
    const Folder& deploy = planner_.files().folder(config_.deploy);
    for (const std::string& file : deploy.files) {
      if (!file.ends_with("." + config_.extension)) continue;
      const std::string path = deploy.file(file);
      if (std::find(planned_.begin(), planned_.end(), path) != planned_.end()) continue;
      planner_.ignore(path::relative_to(path, planner_.folder().path),
                      "not in the plan, so sqitch does not deploy it");
    }
  }

  Planner& planner_;
  SqitchConfig config_;
  std::string project_;
  std::vector<PlanLine> lines_;
  std::vector<std::string> planned_;
};

/// A value of git's configuration format, without its quotes and comments.
std::string config_value(std::string_view text) {
  text = ascii::trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return std::string(text.substr(1, text.size() - 2));
  }
  return std::string(trim_right(text.substr(0, std::min(text.find_first_of("#;"), text.size()))));
}

/// `section.name` in lower case, to its value: `core.engine`, `engine "pg".top_dir`.
using Settings = std::map<std::string, std::string>;

Settings read_settings(std::string_view text) {
  Settings out;
  std::string section;
  LineReader lines(text, content_begin(text));
  for (TextLine line; lines.next(line);) {
    const std::string_view trimmed = ascii::trim(line.text);
    if (trimmed.empty() || trimmed.front() == '#' || trimmed.front() == ';') continue;
    if (trimmed.front() == '[') {
      section = ascii::lower(trimmed.substr(1, std::min(trimmed.find(']'), trimmed.size()) - 1));
      continue;
    }
    const size_t equals = trimmed.find('=');
    if (equals == std::string_view::npos) continue;
    out[section + "." + ascii::lower(ascii::trim(trimmed.substr(0, equals)))] =
        config_value(trimmed.substr(equals + 1));
  }
  return out;
}

/// A setting of the engine in use, or else of the core; empty where neither is set.
std::string setting(const Settings& settings, const std::string& name) {
  const auto value = [&](const std::string& key) {
    const auto found = settings.find(key);
    return found == settings.end() ? std::string() : found->second;
  };
  const std::string of_engine = value("engine \"" + value("core.engine") + "\"." + name);
  return of_engine.empty() ? value("core." + name) : of_engine;
}

}  // namespace

SqitchConfig read_sqitch_config(ProjectFiles& files, const std::string& directory) {
  SqitchConfig out;
  out.path = path::join(directory, "sqitch.conf");
  Settings settings;
  if (files.has_file(out.path)) {
    if (const std::string* text = files.text(out.path)) settings = read_settings(*text);
  }
  // What is set counts from the folder of sqitch.conf, a default from the folder above it.
  const auto place = [&](const std::string& name, const std::string& base,
                         const std::string& otherwise) {
    const std::string set = setting(settings, name);
    return path::normalize(set.empty() ? path::join(base, otherwise) : path::join(directory, set));
  };
  out.engine = setting(settings, "engine");
  out.extension = setting(settings, "extension");
  if (out.extension.empty()) out.extension = "sql";
  const std::string top = place("top_dir", directory, ".");
  out.plan = place("plan_file", top, "sqitch.plan");
  out.deploy = place("deploy_dir", top, "deploy");
  out.revert = place("revert_dir", top, "revert");
  const bool moved = !setting(settings, "reworked_dir").empty();
  const std::string reworked = place("reworked_dir", top, ".");
  out.reworked_deploy = place("reworked_deploy_dir", reworked, moved ? "deploy" : out.deploy);
  out.reworked_revert = place("reworked_revert_dir", reworked, moved ? "revert" : out.revert);
  return out;
}

void plan_sqitch(Planner& planner) {
  SqitchPlanner(planner, read_sqitch_config(planner.files(), planner.folder().path)).run();
}

}  // namespace belay::project

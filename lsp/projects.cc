// A document leads to its history: `project::discover` looks for the migrations that its file
// belongs to, in the editor's view of the files, and a Workspace analyses them. From then on an
// edit goes to the workspaces that have the file. What a workspace cannot take in by itself,
// because it concerns which migrations there are (a plan, a new file, another configuration), makes
// the histories concerned be forgotten and found again.

#include "lsp/projects.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "analyzer/project/config.h"
#include "analyzer/rules/settings.h"
#include "lsp/features/split_actions.h"
#include "lsp/protocol/uri.h"
#include "support/hash.h"
#include "support/overlay_file_system.h"
#include "workbench/cpp/cpp_sources.h"
#include "workbench/sessions.h"

namespace belay::lsp {
namespace {

/// As large as any file that is read as a migration.
constexpr uint64_t kMaxFileBytes = uint64_t{64} << 20U;

bool share_a_file(const project::MigrationSet& a, const project::MigrationSet& b) {
  return a.dialect.engine == b.dialect.engine &&
         std::any_of(a.files.begin(), a.files.end(), [&](const std::string& file) {
           return std::binary_search(b.files.begin(), b.files.end(), file);
         });
}

/// The files of which something else is said in `now` than in `before`, of the same history.
std::set<std::string> changed_files(const AnalyzedSet& before, const AnalyzedSet& now) {
  std::set<std::string> out;
  for (uint32_t i = 0; i < now.migrations.size(); ++i) {
    for (const auto direction : {project::Direction::kUp, project::Direction::kDown}) {
      const AnalyzedScript* script = now.script(i, direction);
      const AnalyzedScript* old = before.script(i, direction);  // null: a section that is new
      if (script == nullptr || (old != nullptr && old->result == script->result)) continue;
      out.insert(now.context(i, direction).location.file());
    }
  }
  const auto told = [](const AnalyzedSet& set) {
    std::set<std::tuple<std::string, std::string_view, uint32_t, std::string>> findings;
    for (const Finding& f : set.findings) {
      findings.emplace(f.place.path, f.rule, f.place.range.begin, f.message);
    }
    return findings;
  };
  const auto first = told(before);
  const auto second = told(now);
  for (const auto* side : {&first, &second}) {
    const auto* other = side == &first ? &second : &first;
    for (const auto& finding : *side) {
      if (!other->contains(finding)) out.insert(std::get<0>(finding));
    }
  }
  return out;
}

}  // namespace

bool is_config_path(const std::string& path) {
  return path::file_name(path) == project::kConfigFileName;
}

bool Projects::History::has(const std::string& path) const {
  return std::binary_search(set().files.begin(), set().files.end(), path);
}

std::string Projects::path_of(const std::string& uri) const {
  if (auto path = path_of_uri(uri)) return *std::move(path);
  // A folder of its own, hidden, so that no history takes the document in, and below the root, so
  // that the root's configuration holds.
  std::string name = percent_decoded(uri.substr(uri.find_last_of("/:") + 1));
  std::erase_if(name, [](char c) { return c == '/' || c == '\0'; });
  if (!name.ends_with(".sql")) name += ".sql";
  return root_ + "/.belay-unsaved/" + std::to_string(hash_bytes(uri)) + "/" + name;
}

template <class Condition>
void Projects::forget(Condition condition, Affected& affected) {
  std::erase_if(histories_, [&](std::unique_ptr<History>& history) {
    if (!condition(*history)) return false;
    add_documents_of(*history, affected);
    look_again_at_folders(history->set().directory);
    forgotten_.push_back(std::move(history));
    return true;
  });
}

void Projects::add_documents_of(const History& history, Affected& affected) const {
  for (const auto& [path, document] : open_) {
    if (history.has(path)) affected.insert(path);
  }
}

Projects::Affected Projects::companions_of(const std::string& path) const {
  Affected out;
  for (const auto& history : histories_) {
    if (history->has(path)) add_documents_of(*history, out);
  }
  return out;
}

void Projects::add_open(const std::set<std::string>& paths, Affected& affected) const {
  for (const std::string& path : paths) {
    if (open_.contains(path)) affected.insert(path);
  }
}

bool Projects::belongs_to_history(const std::string& path) const {
  return std::any_of(histories_.begin(), histories_.end(),
                     [&](const auto& history) { return history->has(path); });
}

void Projects::find_histories(Affected& affected) {
  for (const auto& [path, document] : open_) {
    if (is_config_path(path) || without_history_.contains(path) || belongs_to_history(path)) {
      continue;
    }
    affected.insert(path);
    load_document(path, affected);
    if (!belongs_to_history(path)) without_history_.insert(path);
  }
  forgotten_.clear();
}

/// What was known of the scripts outlives that the history is found anew: a file that comes or goes
/// is no reason to keep silent about another one.
std::unique_ptr<BroughtUp> Projects::brought_up_of(const AnalyzedSet& set) const {
  const BroughtUp* earlier = nullptr;
  for (const auto& history : forgotten_) {
    const bool is_same = history->set().directory == set.set->directory &&
                         history->set().dialect.engine == set.set->dialect.engine;
    if (is_same) earlier = history->brought_up.get();
  }
  return std::make_unique<BroughtUp>(set, earlier);
}

void Projects::settle(const std::string& path) {
  if (open_.contains(path)) return;
  for (const auto& history : histories_) {
    if (history->has(path)) history->brought_up->settle(*history->workspace->snapshot(), path);
  }
}

RunFailures Projects::failures_in(const std::string& path, const Document& text) const {
  RunFailures out;
  for (const auto& [history, failures] : failures_) {
    for (const RunFailure& failure : failures) {
      if (failure.path == path && failure.fits(text)) out.push_back(failure);
    }
  }
  return out;
}

std::set<std::string> Projects::failed_files() const {
  std::set<std::string> out;
  for (const auto& [history, failures] : failures_) {
    for (const RunFailure& failure : failures) out.insert(failure.path);
  }
  return out;
}

Projects::Affected Projects::set_run_failures(const std::string& history, RunFailures failures) {
  Affected affected;
  const auto concern = [&](const RunFailures& list) {
    for (const RunFailure& failure : list) {
      if (open_.contains(failure.path)) affected.insert(failure.path);
    }
  };
  RunFailures& known = failures_[history];
  concern(known);
  concern(failures);
  known = std::move(failures);
  return affected;
}

Projects::Affected Projects::set_applied(const std::string& history,
                                         std::shared_ptr<const KnownLedger> applied) {
  Affected affected;
  for (const auto& known : histories_) {
    if (known->set().directory != history) continue;
    known->applied = applied;
    add_documents_of(*known, affected);
  }
  applied_[history] = std::move(applied);
  return affected;
}

std::set<std::string> Projects::files_of(const std::string& history) const {
  std::set<std::string> out;
  for (const auto& known : histories_) {
    if (known->set().directory != history) continue;
    out.insert(known->set().files.begin(), known->set().files.end());
  }
  return out;
}

Result<workbench::LoadedProject> Projects::load(const std::string& path) {
  OverlayFileSystem files(disk_);
  for (const auto& [open_path, document] : open_) {
    files.put(open_path, std::string(document.text.text()));
  }
  workbench::LoadOptions options;
  options.overrides.environment = environment_;
  options.cpp = cpp_;
  options.cpp_outside_unasked = false;
  return workbench::load_project(files, path, options);
}

void Projects::load_document(const std::string& path, Affected& affected) {
  Result<workbench::LoadedProject> loaded = load(path);
  if (!loaded) return tell_load_error(path, loaded.error());
  const auto wanted = [&](const project::MigrationSet& set) {
    if (!std::binary_search(set.files.begin(), set.files.end(), path)) return false;
    forget([&](const History& h) { return share_a_file(h.set(), set); }, affected);
    return true;
  };
  take_over(*loaded, wanted, affected);
}

/// What lies in a folder with a configuration of its own is a project of its own.
void Projects::load_folder(const std::string& folder, std::set<std::string>& seen,
                           Affected& affected) {
  if (!seen.insert(folder).second) return;
  Result<workbench::LoadedProject> loaded = load(folder);
  if (!loaded) return tell_load_error(folder, loaded.error());
  const std::string config = loaded->config.path;
  std::set<std::string> others;
  const auto wanted = [&](const project::MigrationSet& set) {
    const std::string nearest = project::find_config(disk_, set.directory);
    if (nearest != config) {
      others.insert(std::string(path::parent(nearest)));
      return false;
    }
    return std::none_of(histories_.begin(), histories_.end(),
                        [&](const auto& known) { return share_a_file(known->set(), set); });
  };
  take_over(*loaded, wanted, affected);
  for (const std::string& other : others) load_folder(other, seen, affected);
}

template <class Wanted>
void Projects::take_over(workbench::LoadedProject& loaded, Wanted wanted, Affected& affected) {
  const project::Config& config = loaded.project.config;
  const Result<std::string> url = workbench::configured_url(config, environment_);
  const rules::Settings settings(config);
  // What is open is held once, by the documents.
  for (auto& [file, text] : loaded.texts) {
    const auto open = open_.find(file);
    if (open != open_.end()) text = open->second.text;
  }
  for (project::MigrationSet& set : loaded.project.sets) {
    if (!wanted(set)) continue;
    auto history = std::make_unique<History>();
    history->splits = std::make_shared<SplitCache>();
    history->config_path = loaded.config.path;
    history->cpp_sources = loaded.cpp_sources;
    history->has_database = url.ok() && workbench::may_belong(*url, set.dialect.engine);
    history->workspace = std::make_unique<Workspace>(std::move(set), loaded.texts, settings,
                                                     sql::Recovery::kGenerous);
    count(*history);
    history->brought_up = brought_up_of(*history->workspace->snapshot());
    const auto applied = applied_.find(history->set().directory);
    if (applied != applied_.end()) history->applied = applied->second;
    add_documents_of(*history, affected);
    histories_.push_back(std::move(history));
  }
  const std::string config_path = loaded.config.path;
  if (config_path.empty()) return;
  configs_[config_path] = std::make_shared<const workbench::ConfigReport>(std::move(loaded.config));
  if (open_.contains(config_path)) affected.insert(config_path);
}

Projects::Affected Projects::set_folders(const std::vector<std::string>& folders) {
  root_ = folders.empty() ? std::string() : folders.front();
  std::map<std::string, bool> now;
  for (const std::string& folder : folders) {
    const auto before = folders_.find(folder);
    now[folder] = before != folders_.end() && before->second;
  }
  folders_ = std::move(now);
  forget_unused();
  return {};
}

/// A history there may have come, changed or gone.
void Projects::look_again_at_folders(const std::string& path) {
  for (auto& [folder, is_known] : folders_) {
    if (path::lies_in(path, folder) || path::lies_in(folder, path)) is_known = false;
  }
}

bool Projects::is_kept(const History& history) const {
  const auto holds = [&](const auto& folder) {
    return path::lies_in(history.set().directory, folder.first);
  };
  return keeps_workspace_ && std::any_of(folders_.begin(), folders_.end(), holds);
}

/// Nothing can be said of the migrations then, so the configuration, where it is to blame, must.
void Projects::tell_load_error(const std::string& path, const Error& error) {
  log_.warning(path + ": " + error.to_string());
  if (!is_config_path(error.where)) return;
  read_config(error.where);
  const auto found = configs_.find(error.where);
  if (found == configs_.end()) return;
  auto report = std::make_shared<workbench::ConfigReport>(*found->second);
  std::string message = error.message;
  if (!error.hint.empty()) message += "; " + error.hint;
  report->problems.push_back(
      {project::ConfigProblem::Severity::kError, {0, 0}, std::move(message)});
  found->second = std::move(report);
}

void Projects::read_config(const std::string& path) {
  Document document;
  const auto open = open_.find(path);
  if (open != open_.end()) {
    document = open->second.text;
  } else {
    Result<std::string> text = disk_.read(path, kMaxFileBytes);
    if (!text) {
      configs_.erase(path);
      return;
    }
    document = Document(*std::move(text));
  }
  workbench::ConfigReport report;
  report.path = path;
  report.document = document;
  report.problems = project::read_config(document.text(), path, rules::known_rules()).problems;
  configs_[path] = std::make_shared<const workbench::ConfigReport>(std::move(report));
}

/// Histories under the configuration, and those above which it has come up, are found again.
Projects::Affected Projects::config_changed(const std::string& path) {
  Affected affected;
  const std::string folder(path::parent(path));
  look_again_at_folders(folder);
  read_config(path);
  forget(
      [&](const History& h) {
        return h.config_path == path || path::lies_in(h.set().directory, folder);
      },
      affected);
  for (const auto& [open, document] : open_) {
    if (path::lies_in(open, folder)) without_history_.erase(open);
  }
  forgotten_.clear();  // other settings find other things
  find_histories(affected);
  if (open_.contains(path)) affected.insert(path);
  return affected;
}

Projects::Affected Projects::set_environment(std::string environment) {
  Affected affected;
  if (environment_ == environment) return affected;
  environment_ = std::move(environment);
  forget([](const History&) { return true; }, affected);
  forgotten_.clear();  // other settings find other things
  without_history_.clear();
  find_histories(affected);
  return affected;
}

Projects::Affected Projects::open_or_change(const OpenDocument& document) {
  const std::string path = path_of(document.uri);
  const bool is_new = !open_.contains(path);
  open_[path] = document;
  Affected affected;
  // What is known of a C++ source is of its last text, until it is read.
  if (!workbench::is_cpp_source(path)) affected.insert(path);
  if (is_config_path(path)) {
    // Opening changes nothing but what differs from the file.
    const auto known = configs_.find(path);
    if (known != configs_.end() && same_text(known->second->document, document.text)) {
      return affected;
    }
    affected.merge(config_changed(path));
    return affected;
  }
  file_changed(path, affected);
  if (is_new) {
    // It may be more than a migration of a history that is there: a new file of one.
    find_histories(affected);
  }
  return affected;
}

/// What a C++ source says is known later; `sources_read` takes it over.
void Projects::source_changed(const std::string& path, Affected& affected) {
  const auto open = open_.find(path);
  if (open != open_.end() && cpp_->edited(path, std::string(open->second.text.text()))) return;
  if (open == open_.end()) cpp_->closed(path);
  // Nobody has asked for it, or it is read from the disk again: its project does that.
  std::set<const History*> outdated;
  for (const auto& history : histories_) {
    if (history->has(path)) outdated.insert(history.get());
  }
  without_history_.erase(path);
  forget([&](const History& h) { return outdated.contains(&h); }, affected);
  find_histories(affected);
}

Projects::Affected Projects::sources_read(const std::vector<std::string>& paths) {
  Affected affected;
  std::set<const History*> outdated;
  for (const std::string& path : paths) {
    const workbench::KnownSource read = cpp_->known(path);
    if (read == nullptr) continue;
    without_history_.erase(path);
    if (open_.contains(path)) affected.insert(path);
    for (const auto& history : histories_) {
      if (history->has(path)) {
        SourceUpdate update = workbench::source_update(path, *read, history->set().dialect.engine);
        if (!history->workspace->edit_source(std::move(update))) outdated.insert(history.get());
        count(*history);
      } else if (std::binary_search(history->cpp_sources.begin(), history->cpp_sources.end(),
                                    path)) {
        outdated.insert(history.get());
      }
    }
  }
  forget([&](const History& h) { return outdated.contains(&h); }, affected);
  find_histories(affected);
  return affected;
}

/// Takes the text of a file, as the editor or else the disk has it, over into its histories.
void Projects::file_changed(const std::string& path, Affected& affected) {
  if (workbench::is_cpp_source(path)) {
    if (cpp_ != nullptr) source_changed(path, affected);
    return;
  }
  std::optional<Document> text;
  if (const auto open = open_.find(path); open != open_.end()) {
    text = open->second.text;
  } else if (Result<std::string> read = disk_.read(path, kMaxFileBytes); read.ok()) {
    text = Document(*std::move(read));
  }
  std::set<const History*> outdated;
  for (const auto& history : histories_) {
    if (!history->has(path)) continue;
    const Document* known = history->workspace->snapshot()->source_of(path);
    if (known != nullptr && text && same_text(*known, *text)) continue;
    const std::shared_ptr<const AnalyzedSet> before = history->workspace->snapshot();
    if (text && history->workspace->edit(path, *text)) {
      count(*history);
      // What an up does decides about its down, which may be open beside it.
      add_open(changed_files(*before, *history->workspace->snapshot()), affected);
    } else {
      outdated.insert(history.get());
    }
    if (open_.contains(path)) affected.insert(path);
  }
  if (outdated.empty()) return;
  forget([&](const History& h) { return outdated.contains(&h); }, affected);
  find_histories(affected);
}

std::optional<Projects::Affected> Projects::catch_up() {
  std::optional<Affected> affected;
  std::set<std::string> seen;
  for (auto& [folder, is_known] : folders_) {
    if (!keeps_workspace_ || is_known) continue;
    if (!affected) affected.emplace();
    load_folder(folder, seen, *affected);
    is_known = true;
  }
  for (const auto& history : histories_) {
    const std::shared_ptr<const AnalyzedSet> before = history->workspace->snapshot();
    if (!history->workspace->catch_up()) continue;
    count(*history);
    if (!affected) affected.emplace();
    add_open(changed_files(*before, *history->workspace->snapshot()), *affected);
  }
  return affected;
}

Projects::Affected Projects::close(const std::string& uri) {
  const std::string path = path_of(uri);
  Affected affected;
  if (open_.erase(path) == 0) return affected;
  without_history_.erase(path);
  if (is_config_path(path)) {
    affected = config_changed(path);
  } else if (disk_.exists(path)) {
    file_changed(path, affected);
  } else {
    affected = files_changed({{path, true}});
  }
  settle(path);
  forget_unused();
  return affected;
}

Projects::Affected Projects::files_changed(const std::vector<Change>& changes) {
  Affected affected;
  for (const auto& [path, existence] : changes) {
    if (is_config_path(path)) {
      if (!open_.contains(path)) affected.merge(config_changed(path));
    } else if (existence) {
      const std::string folder(path::parent(path));
      look_again_at_folders(path);
      forget(
          [&, p = path](const History& h) {
            return path::lies_in(p, h.set().directory) || path::lies_in(h.set().directory, folder);
          },
          affected);
      for (const auto& [open, document] : open_) {
        if (path::lies_in(open, folder)) without_history_.erase(open);
      }
    } else if (!open_.contains(path)) {
      file_changed(path, affected);
      settle(path);
    }
  }
  find_histories(affected);
  return affected;
}

void Projects::forget_unused() {
  std::set<std::string> used_configs;
  std::erase_if(histories_, [&](const std::unique_ptr<History>& history) {
    const bool used = is_kept(*history) ||
                      std::any_of(open_.begin(), open_.end(),
                                  [&](const auto& open) { return history->has(open.first); });
    if (used) used_configs.insert(history->config_path);
    return !used;
  });
  std::erase_if(configs_, [&](const auto& config) {
    return !used_configs.contains(config.first) && !open_.contains(config.first);
  });
}

std::optional<AnalyzedDocument> Projects::find(const std::string& path) const {
  if (!open_.contains(path)) return std::nullopt;
  return look_at(path);
}

AnalyzedDocument Projects::look_at(const std::string& path) const {
  AnalyzedDocument out;
  out.path = path;
  out.disk = &disk_;
  out.environment = environment_;
  for (const auto& history : histories_) {
    if (history->has(path)) out.histories.push_back(history->view());
  }
  const Document* known = nullptr;
  for (const HistoryView& history : out.histories) {
    if (known == nullptr) known = history.set->source_of(path);
  }
  if (is_config_path(path)) {
    const auto config = configs_.find(path);
    if (config != configs_.end()) out.config = config->second;
    if (out.config != nullptr) known = &out.config->document;
  }
  if (const auto open = open_.find(path); open != open_.end()) {
    out.document = open->second;
    // A C++ source is known as it was read last.
    if (known != nullptr && workbench::is_cpp_source(path)) out.document.text = *known;
  } else {
    out.document.uri = uri_of_path(path);
    if (known != nullptr) {
      out.document.text = *known;
    } else if (Result<std::string> text = disk_.read(path, kMaxFileBytes); text.ok()) {
      out.document.text = Document(*std::move(text));
    }
  }
  out.failures = failures_in(path, out.document.text);
  return out;
}

}  // namespace belay::lsp

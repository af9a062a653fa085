#include "workbench/cpp/cpp_sources.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "analyzer/cpp/presets.h"
#include "analyzer/cpp/weave.h"
#include "analyzer/project/detect_dialect.h"
#include "analyzer/project/dialect_words.h"
#include "analyzer/project/glob.h"
#include "analyzer/project/project_files.h"
#include "support/counted.h"
#include "workbench/cpp/compile_commands.h"
#include "workbench/cpp/history_order.h"
#include "workbench/cpp/reader_process.h"

namespace belay::workbench {
namespace {

using project::LayoutProblem;
using project::Migration;
using project::MigrationSet;

constexpr uint64_t kLargestSource = uint64_t{16} << 20U;

/// A source that may hold what is looked for, with what was read of it.
struct Source {
  std::string path;
  std::string text;
  KnownSource read;

  const cpp::Reading* reading() const {
    return read != nullptr && read->ok() ? &(*read)->reading : nullptr;
  }
};

/// Whether the configuration says that the project has C++.
bool names_cpp(const project::Config& config) {
  return !config.cpp_program.empty() || !config.cpp_sources.empty() ||
         !config.cpp_compile_commands.empty() || !config.cpp_bases.empty() ||
         config.cpp_outside_migrations;
}

class Sources {
 public:
  Sources(const FileSystem& files, const std::string& path, const LoadOptions& options,
          LoadedProject& loaded)
      : files_(files),
        path_(path::absolute(path)),
        options_(options),
        loaded_(loaded),
        config_(loaded.project.config),
        root_(path::absolute(loaded.project.root)) {}

  Result<void> run() {
    const bool is_named = is_cpp_source(path_);
    const bool has_cpp = names_cpp(config_);
    // Who names neither a program nor bases has no migrations in C++ to be told apart.
    const bool is_all = config_.cpp_program.empty() && config_.cpp_bases.empty() &&
                        (is_named || loaded_.project.sets.empty());
    outside_ = config_.cpp_outside_migrations || (is_all && options_.cpp_outside_unasked);
    std::string configured = config_.cpp_compile_commands;
    if (!configured.empty()) configured = path::join(path::parent(config_.path), configured);
    Result<CompileCommands> commands = CompileCommands::find(
        files_, is_named ? std::string(path::parent(path_)) : root_, configured);
    if (!commands) return std::move(commands).error();
    find(*commands, is_named && !has_cpp);
    BELAY_TRY(read(*commands));
    if (!sources_.empty() || has_cpp) tell_choice(*commands);
    add();
    return {};
  }

 private:
  void tell_choice(const CompileCommands& commands) {
    std::string why =
        commands.path().empty()
            ? "there is no compile_commands.json; the usual folders of headers are searched"
            : "compiled as " + path::relative_to(commands.path(), root_) + " says";
    if (sources_.empty()) {
      why = "of " + counted(looked_at_, "file") +
            " that could be meant none names a class or a function that is looked for";
    }
    loaded_.project.choices.push_back({"C++", counted(sources_.size(), "source"), std::move(why)});
  }

  void find(const CompileCommands& commands, bool alone) {
    words_ = cpp::words_of(shapes_);
    if (outside_) {
      for (const std::string_view word : cpp::words_of(functions_)) words_.push_back(word);
    }
    if (alone) return take(path_);
    std::vector<std::string> candidates = commands.sources();
    if (candidates.empty()) add_files_below(path_, candidates);
    for (const std::string& candidate : candidates) {
      if (candidate != path_ && is_meant(candidate)) take(candidate);
    }
    if (is_cpp_source(path_)) take(path_);
    std::sort(sources_.begin(), sources_.end(),
              [](const Source& a, const Source& b) { return a.path < b.path; });
  }

  void add_files_below(const std::string& folder, std::vector<std::string>& out) {
    project::ProjectFiles files(files_, root_, config_.exclude);
    std::vector<std::string> folders = {folder};
    while (!folders.empty()) {
      const project::Folder& at = files.folder(std::exchange(folders.back(), ""));
      folders.pop_back();
      for (const std::string& name : at.files) {
        if (is_cpp_source(name)) out.push_back(at.file(name));
      }
      for (const std::string& name : at.folders) {
        if (!project::is_passed_over(name)) folders.push_back(at.file(name));
      }
    }
  }

  bool is_meant(const std::string& source) const {
    if (!path::lies_in(source, files_.is_directory(path_) ? path_ : root_)) return false;
    const std::string relative = path::relative_to(source, root_);
    const auto matches = [&](const std::string& pattern) {
      return project::glob_matches(pattern, relative);
    };
    if (std::any_of(config_.exclude.begin(), config_.exclude.end(), matches)) return false;
    return config_.cpp_sources.empty() ||
           std::any_of(config_.cpp_sources.begin(), config_.cpp_sources.end(), matches);
  }

  void take(const std::string& path) {
    ++looked_at_;
    Result<std::string> text = files_.read(path, kLargestSource);
    if (!text) {
      problems_.push_back(
          {LayoutProblem::Kind::kUnreadable, path, {0, 0}, text.error().message, ""});
      return;
    }
    if (cpp::has_any(*text, words_)) sources_.push_back({path, *std::move(text), nullptr});
  }

  /// Where nobody says how a source is compiled: its headers lie where headers usually lie, and
  /// Belay's own where Belay is installed.
  CompileCommand guessed_command(const std::string& source) const {
    CompileCommand out;
    if (!source.ends_with(".c")) out.arguments.emplace_back("-std=c++20");
    std::vector<std::string> folders = {root_ + "/include", root_ + "/src", root_};
    if (const std::string own = installed_headers(); !own.empty()) folders.push_back(own);
    for (const std::string& folder : folders) {
      if (files_.is_directory(folder)) out.arguments.push_back("-I" + folder);
    }
    return out;
  }

  Result<void> read(const CompileCommands& commands) {
    std::vector<cpp::wire::Question> questions;
    for (const Source& source : sources_) {
      cpp::wire::Question question;
      CompileCommand command = commands.path().empty() ? guessed_command(source.path)
                                                       : commands.command_for(source.path);
      question.request.path = source.path;
      question.request.text = source.text;
      question.request.arguments = std::move(command.arguments);
      question.request.directory = std::move(command.directory);
      question.request.engines = {Engine::kPostgres, Engine::kSqlite};
      question.request.functions = functions_;
      question.request.shapes = shapes_;
      question.request.outside_migrations = outside_;
      questions.push_back(std::move(question));
    }
    for (const Source& source : sources_) loaded_.cpp_sources.push_back(source.path);
    std::vector<KnownSource> readings = options_.cpp->read(questions, options_.cancellation);
    if (options_.cancellation.cancelled()) return Error{"cancelled", path_, ""};
    for (size_t i = 0; i < readings.size(); ++i) sources_[i].read = std::move(readings[i]);
    return {};
  }

  void add() {
    std::vector<MigrationSet*> sets;
    for (MigrationSet& set : loaded_.project.sets) sets.push_back(&set);
    std::vector<MigrationSet> made;
    if (sets.empty()) {
      for (const Engine engine : engines()) made.push_back(new_set(engine));
      for (MigrationSet& set : made) sets.push_back(&set);
    }
    for (MigrationSet* set : sets) {
      add_to(*set);
      set->problems.insert(set->problems.end(), problems_.begin(), problems_.end());
    }
    for (MigrationSet& set : made) loaded_.project.sets.push_back(std::move(set));
  }

  /// Which databases sources without SQL migrations beside them are for.
  std::vector<Engine> engines() const {
    const project::StatedDialect stated = project::stated_dialect(config_, options_.overrides);
    if (stated.engine) return {*stated.engine};
    std::set<Engine> found;
    bool differ = false;
    bool any = false;
    bool failed = !problems_.empty();
    project::DialectScore score;
    for (const Source& source : sources_) {
      const auto look = [&](const std::vector<cpp::MethodSql>& methods) {
        for (const cpp::MethodSql& method : methods) {
          for (const cpp::SqlText& text : method.texts) {
            any = true;
            if (text.library) found.insert(*text.library);
            if (!text.library && &method == &methods.front()) score.add(text.text, source.path);
          }
          differ |=
              method.texts.size() != methods.front().texts.size() ||
              !std::equal(
                  method.texts.begin(), method.texts.end(), methods.front().texts.begin(),
                  [](const cpp::SqlText& a, const cpp::SqlText& b) { return a.text == b.text; });
        }
      };
      if (source.reading() == nullptr) {
        failed |= source.read != nullptr;
        continue;
      }
      failed |= (*source.read)->is_meant && !source.reading()->errors.empty();
      for (const cpp::MigrationReading& m : source.reading()->migrations) {
        look(m.up);
        look(m.down);
      }
      for (const cpp::FunctionReading& f : source.reading()->functions) look(f.sql);
    }
    if (differ) return {Engine::kPostgres, Engine::kSqlite};
    if (const auto verdict = score.verdict()) found.insert(verdict->engine);
    if (found.empty() && (any || failed)) found.insert(Engine::kPostgres);
    return {found.begin(), found.end()};
  }

  MigrationSet new_set(Engine engine) const {
    MigrationSet out;
    out.directory = files_.is_directory(path_) ? path_ : std::string(path::parent(path_));
    const project::StatedDialect stated = project::stated_dialect(config_, options_.overrides);
    out.dialect = {engine, stated.version_of(engine, out.choices)};
    out.transaction = project::TransactionHabit::kPerScript;
    out.choices.push_back(
        {"migrations", path::relative_to(out.directory, path::absolute(".")), "C++ sources"});
    return out;
  }

  void add_to(MigrationSet& set) {
    std::vector<Migration> versioned;
    std::vector<Migration> functions;
    for (const Source& source : sources_) {
      if (source.read == nullptr) continue;
      SourceUpdate update = source_update(source.path, *source.read, set.dialect.engine);
      if (update.woven.migrations.empty() && update.problems.empty()) continue;
      std::move(update.problems.begin(), update.problems.end(), std::back_inserter(set.problems));
      set.files.push_back(source.path);
      loaded_.texts[source.path] = update.source;
      for (auto& [path, text] : update.woven.texts) loaded_.texts[path] = Document(std::move(text));
      if (const cpp::Reading* reading = source.reading()) add_texts_of_headers(*reading);
      for (Migration& migration : update.woven.migrations) {
        const bool is_step = migration.kind == Migration::Kind::kVersioned;
        (is_step ? versioned : functions).push_back(std::move(migration));
      }
    }
    std::sort(set.files.begin(), set.files.end());
    add_in_order(set, std::move(versioned));
    std::move(functions.begin(), functions.end(), std::back_inserter(set.migrations));
    set.index_sources();
  }

  /// What is found in a constant of a header is told with its line.
  void add_texts_of_headers(const cpp::Reading& reading) {
    for (const std::string& file : reading.files) {
      if (loaded_.texts.contains(file)) continue;
      if (Result<std::string> text = files_.read(file, kLargestSource)) {
        loaded_.texts[file] = Document(*std::move(text));
      }
    }
  }

  const FileSystem& files_;
  const std::string path_;
  const LoadOptions& options_;
  LoadedProject& loaded_;
  const project::Config& config_;
  const std::string root_;
  const cpp::Selection selection_{config_.cpp_presets, config_.cpp_functions, config_.cpp_bases,
                                  config_.cpp_up, config_.cpp_down};
  const std::vector<cpp::SqlFunction> functions_ = cpp::functions_of(selection_);
  const std::vector<cpp::ClassShape> shapes_ = cpp::shapes_of(selection_);
  bool outside_ = false;
  std::vector<std::string_view> words_;  // into functions_ and shapes_
  size_t looked_at_ = 0;                 ///< sources, to see whether they hold what is looked for
  std::vector<Source> sources_;
  std::vector<LayoutProblem> problems_;
};

}  // namespace

SourceUpdate source_update(const std::string& path, const Result<ReadSource>& read, Engine engine) {
  SourceUpdate out;
  out.path = path;
  if (!read) {
    std::string message = read.error().message;
    if (!read.error().hint.empty()) message += "; " + read.error().hint;
    out.problems.push_back({LayoutProblem::Kind::kUnreadable, path, {0, 0}, message, ""});
    return out;
  }
  const cpp::Reading& reading = read->reading;
  out.source = Document(read->text);
  out.woven = cpp::weave(reading, engine, read->text);
  // Without what it includes, a class or a call may not even be known for what it is.
  if (!reading.errors.empty() && read->is_meant) {
    out.problems.push_back(
        {LayoutProblem::Kind::kReadInPart,
         path,
         {0, 0},
         "Clang does not understand all of this source, so what runs in it may be missed: " +
             reading.errors.front() + ".",
         ""});
  }
  return out;
}

bool is_cpp_source(std::string_view path) {
  constexpr std::string_view kEndings[] = {".cc", ".cpp", ".cxx", ".c++", ".C",  ".c",
                                           ".h",  ".hh",  ".hpp", ".hxx", ".ipp"};
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

Result<void> add_cpp_sources(const FileSystem& files, const std::string& path,
                             const LoadOptions& options, LoadedProject& loaded) {
  const bool may_hold_cpp =
      is_cpp_source(path) || names_cpp(loaded.project.config) || loaded.project.sets.empty();
  if (!may_hold_cpp) return {};
  return Sources(files, path, options, loaded).run();
}

}  // namespace belay::workbench

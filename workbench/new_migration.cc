// The history that is there is the model: its folder, the form of its versions, the words between
// them. Only where there is none yet, the layout's tool decides.
#include "workbench/new_migration.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>

#include "analyzer/project/file_name.h"
#include "support/ascii.h"
#include "workbench/new_version.h"

namespace belay::workbench {
namespace {

using project::Layout;
using project::Migration;
using project::MigrationSet;

constexpr const char* kStamp = "%Y%m%d%H%M%S";

bool has_number(const Migration& m) { return !m.version.empty() && ascii::is_digit(m.version[0]); }

/// The last one that runs and has a number: the model for the new one. Null where there is none.
const Migration* newest_of(const MigrationSet& set) {
  const Migration* out = nullptr;
  for (const Migration& m : set.migrations) {
    const bool counts = m.kind == Migration::Kind::kVersioned && m.up;
    if (counts && (has_number(m) || set.layout == Layout::kLiquibase)) out = &m;
  }
  return out;
}

/// The first version of a history, as the layout's tool makes it.
std::string first_version(Layout layout, std::chrono::system_clock::time_point now) {
  switch (layout) {
    case Layout::kGolangMigrate: return "000001";
    case Layout::kFlyway:
    case Layout::kRefinery: return "1";
    case Layout::kUpDown:
    case Layout::kPlain: return "0001";
    case Layout::kRollbackFolder: return "001";
    case Layout::kDiesel: return time_text(now, "%Y-%m-%d-%H%M%S");
    case Layout::kNodePgMigrate: return time_text(now, kStamp) + "000";
    default: return time_text(now, kStamp);
  }
}

class Planner {
 public:
  Planner(const FileSystem& files, const NewMigrationRequest& request, const MigrationSet& set)
      : files_(files), request_(request), set_(set), newest_(newest_of(set)) {}

  Result<NewMigration> run() {
    out_.layout = project::layout_name(set_.layout);
    const bool dashes = newest_ != nullptr && newest_->name.find('-') != std::string::npos &&
                        newest_->name.find('_') == std::string::npos;
    out_.name = ascii::slug(request_.name, dashes ? '-' : '_');
    if (out_.name.empty()) {
      return Error{"`" + request_.name + "` has no letter or digit to make a name of", "",
                   "say in a few words what the migration does"};
    }
    out_.version = newest_ != nullptr && has_number(*newest_)
                       ? next_version(newest_->version, request_.now)
                       : first_version(set_.layout, request_.now);
    out_.directory = directory();
    while (is_taken(out_.version)) out_.version = next_version(out_.version, request_.now);
    BELAY_TRY(place());
    return std::move(out_);
  }

 private:
  std::string directory() const {
    if (newest_ == nullptr) return set_.directory;
    const std::string parent(path::parent(newest_->up->path));
    const bool folders = set_.layout == Layout::kDiesel || set_.layout == Layout::kPrisma;
    return folders ? std::string(path::parent(parent)) : parent;
  }

  /// Whether a file has the number, though no migration may: a down without its up, a script in
  /// another language.
  bool is_taken(const std::string& version) const {
    for (const std::string& folder : {out_.directory, path::join(out_.directory, "rollback")}) {
      const Result<std::vector<FileSystem::Entry>> entries = files_.list(folder);
      if (!entries) continue;  // not there yet
      for (const FileSystem::Entry& entry : *entries) {
        std::string_view name = path::file_name(entry.path);
        if (!name.empty() && ascii::is_letter(name[0])) name.remove_prefix(1);
        if (project::leading_digits(name) == version) return true;
      }
    }
    return false;
  }

  void add(const std::string& name, std::string text) {
    out_.files.push_back({path::join(out_.directory, name), std::move(text)});
  }

  void pair(const std::string& stem, const std::string& separator = ".") {
    add(stem + separator + "up.sql", "");
    add(stem + separator + "down.sql", "");
  }

  Result<void> place() {
    const std::string stem = out_.version + "_" + out_.name;
    switch (set_.layout) {
      case Layout::kGolangMigrate:
      case Layout::kPop: pair(stem); break;
      case Layout::kSqlx: is_paired() ? pair(stem) : add(stem + ".sql", ""); break;
      case Layout::kUpDown: place_up_down(stem); break;
      case Layout::kDbmate: add(stem + ".sql", "-- migrate:up\n\n\n-- migrate:down\n\n"); break;
      case Layout::kGoose: add(stem + ".sql", "-- +goose Up\n\n\n-- +goose Down\n\n"); break;
      case Layout::kSqlMigrate:
        add(stem + ".sql", "-- +migrate Up\n\n\n-- +migrate Down\n\n");
        break;
      case Layout::kNodePgMigrate:
        if (newest_ != nullptr && project::directed_name(path::file_name(newest_->up->path))) {
          pair(stem);
        } else {
          add(stem + ".sql", "-- Up Migration\n\n\n-- Down Migration\n\n");
        }
        break;
      case Layout::kDiesel:
        add(stem + "/up.sql", "");
        add(stem + "/down.sql", "");
        break;
      case Layout::kPrisma: add(stem + "/migration.sql", ""); break;
      case Layout::kFlyway: place_flyway(); break;
      case Layout::kRefinery: add("V" + out_.version + "__" + out_.name + ".sql", ""); break;
      case Layout::kRollbackFolder:
        add(stem + ".sql", "");
        add("rollback/" + out_.version + "_rollback.sql", "");
        break;
      case Layout::kPlain: add(stem + ".sql", ""); break;
      case Layout::kSqitch: return place_sqitch();
      case Layout::kLiquibase: return place_liquibase();
    }
    return {};
  }

  /// Whether any file of the history says a direction; in an empty one, both are made.
  bool is_paired() const {
    return set_.migrations.empty() ||
           std::any_of(set_.migrations.begin(), set_.migrations.end(), [](const Migration& m) {
             return m.up && project::directed_name(path::file_name(m.up->path));
           });
  }

  /// With what stands around the newest one's number and direction.
  void place_up_down(const std::string& usual_stem) {
    const auto directed = newest_ == nullptr
                              ? std::nullopt
                              : project::directed_name(path::file_name(newest_->up->path));
    const size_t at = directed ? directed->stem.find(newest_->version) : std::string_view::npos;
    if (at == std::string_view::npos) return pair(usual_stem);
    const std::string before(directed->stem.substr(0, at));
    const std::string_view rest = directed->stem.substr(at + newest_->version.size());
    const std::string between = rest.empty() ? "_" : std::string(1, rest[0]);
    using Separator = project::DirectedName::Separator;
    pair(before + out_.version + between + out_.name,
         directed->separator == Separator::kUnderscore ? "_" : ".");
  }

  void place_flyway() {
    const std::string rest = out_.version + "__" + out_.name + ".sql";
    add("V" + rest, "");
    const bool undone = std::any_of(set_.migrations.begin(), set_.migrations.end(),
                                    [](const Migration& m) { return m.down.has_value(); });
    if (undone || set_.migrations.empty()) add("U" + rest, "");
  }

  Result<void> append(const std::string& path, const std::string& text) {
    constexpr uint64_t kMost = uint64_t{64} << 20U;
    Result<std::string> old = files_.read(path, kMost);
    if (!old) return std::move(old).error();
    const bool ended = old->empty() || old->ends_with("\n");
    out_.files.push_back({path, (ended ? "" : "\n") + text, true});
    return {};
  }

  Result<void> place_sqitch() {
    out_.version = time_text(request_.now, "%Y-%m-%dT%H:%M:%SZ");
    std::string top = set_.directory;
    for (const Migration& m : set_.migrations) {
      const std::string tail = "deploy/" + m.id + ".sql";
      if (m.up && m.up->path.ends_with(tail)) {
        top = m.up->path.substr(0, m.up->path.size() - tail.size());
        while (top.size() > 1 && top.ends_with("/")) top.pop_back();
        break;
      }
      if (m.id == out_.name) {
        return Error{"the plan has a change `" + out_.name + "` already", set_.directory,
                     "choose another name"};
      }
    }
    out_.directory = top;
    const auto plan = std::find_if(set_.files.begin(), set_.files.end(),
                                   [](const std::string& f) { return f.ends_with(".plan"); });
    const std::string line = out_.name + " " + out_.version + " " + request_.author + " <" +
                             request_.mail + "> # " + ascii::slug(request_.name, ' ') + "\n";
    if (plan != set_.files.end()) {
      BELAY_TRY(append(*plan, line));
    } else {
      const std::string project(path::file_name(path::absolute(top)));
      add("sqitch.plan", "%syntax-version=1.0.0\n%project=" + project + "\n\n" + line);
    }
    for (const char* folder : {"deploy", "revert"}) {
      add(std::string(folder) + "/" + out_.name + ".sql", "BEGIN;\n\n\nCOMMIT;\n");
    }
    add("verify/" + out_.name + ".sql", "BEGIN;\n\n\nROLLBACK;\n");
    return {};
  }

  /// Behind the newest changeset: a file of its own might not be included from anywhere.
  Result<void> place_liquibase() {
    const std::string author = newest_ == nullptr ? request_.author : newest_->name;
    const std::string changeset = "\n--changeset " + author + ":" + out_.name +
                                  "\n-- here what it does\n--rollback -- here what undoes it\n";
    const bool taken =
        std::any_of(set_.migrations.begin(), set_.migrations.end(),
                    [&](const Migration& m) { return m.version == out_.name && m.name == author; });
    if (taken) {
      return Error{"there is a changeset `" + author + ":" + out_.name + "` already",
                   set_.directory, "choose another name"};
    }
    const std::string file = out_.version + "_" + out_.name + ".sql";
    out_.version = out_.name;
    if (newest_ != nullptr) return append(newest_->up->path, changeset);
    add(file, "--liquibase formatted sql\n" + changeset);
    return {};
  }

  const FileSystem& files_;
  const NewMigrationRequest& request_;
  const MigrationSet& set_;
  const Migration* newest_;
  NewMigration out_;
};

/// The history that the new one belongs to; an empty one where the project has none yet.
Result<MigrationSet> choose_history(const NewMigrationRequest& request, project::Project& project) {
  std::vector<std::string> folders;
  for (const MigrationSet& set : project.sets) {
    if (std::find(folders.begin(), folders.end(), set.directory) == folders.end()) {
      folders.push_back(set.directory);
    }
  }
  if (folders.size() == 1) return std::move(project.sets[0]);
  if (folders.size() > 1) {
    std::string all;
    for (const std::string& folder : folders) all += (all.empty() ? "" : ", ") + folder;
    return Error{"there are several histories: " + all, project.root,
                 "name the folder of the one that is meant with --dir"};
  }
  const project::Config& config = project.config;
  const std::optional<Layout> layout =
      request.load.overrides.layout ? request.load.overrides.layout : config.layout;
  if (!layout) {
    return Error{"there are no migrations here whose layout a new one could follow", request.path,
                 "say --layout NAME to begin a history, or --dir where it stands"};
  }
  MigrationSet out;
  out.layout = *layout;
  out.directory = config.migrations.empty()
                      ? path::join(request.path, "migrations")
                      : path::join(path::parent(config.path), config.migrations[0]);
  if (*layout == Layout::kSqitch) out.directory = request.path;
  return out;
}

Error cannot_write(const std::string& path, int code) {
  return {code == EEXIST ? "the file is there already"
                         : std::string("it cannot be written: ") + std::strerror(code),
          path, code == EEXIST ? "choose another name" : ""};
}

Result<void> write_all(int fd, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot_write(path, errno);
    text.remove_prefix(static_cast<size_t>(n));
  }
  return ::fsync(fd) == 0 ? Result<void>() : Result<void>(cannot_write(path, errno));
}

Result<void> make(const std::string& path, std::string_view text) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  constexpr mode_t kUsual = 0666;  // less the umask
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kUsual);
  if (fd < 0) return cannot_write(path, errno);
  Result<void> done = write_all(fd, path, text);
  ::close(fd);
  if (!done) ::unlink(path.c_str());
  return done;
}

/// A last line comes as a whole or not at all.
Result<void> extend(const std::string& path, const std::string& text) {
  constexpr uint64_t kMost = uint64_t{64} << 20U;
  Result<std::string> old = DiskFileSystem().read(path, kMost);
  if (!old) return std::move(old).error();
  const std::string part = path + "." + std::to_string(::getpid()) + ".part";
  BELAY_TRY(make(part, *old + text));
  std::error_code error;
  std::filesystem::permissions(part, std::filesystem::status(path).permissions(), error);
  if (std::rename(part.c_str(), path.c_str()) == 0) return {};
  const int code = errno;
  ::unlink(part.c_str());
  return cannot_write(path, code);
}

}  // namespace

Result<NewMigration> plan_new_migration(const FileSystem& files,
                                        const NewMigrationRequest& request) {
  Result<LoadedProject> loaded = load_project(files, request.path, request.load);
  if (!loaded) return std::move(loaded).error();
  if (loaded->config.has_errors()) {
    return Error{"the configuration has mistakes", loaded->config.path, "`belay lint` shows them"};
  }
  Result<MigrationSet> set = choose_history(request, loaded->project);
  if (!set) return std::move(set).error();
  return Planner(files, request, *set).run();
}

Result<void> write_new_migration(const NewMigration& migration) {
  std::vector<std::string> made;
  const auto undo = [&](Error error) {
    for (const std::string& path : made) ::unlink(path.c_str());
    return error;
  };
  // The plan comes last: until it names them, the files mean nothing to its tool.
  for (const NewFile& file : migration.files) {
    if (file.appended) continue;
    Result<void> done = make(file.path, file.text);
    if (!done) return undo(std::move(done).error());
    made.push_back(file.path);
  }
  for (const NewFile& file : migration.files) {
    if (!file.appended) continue;
    Result<void> done = extend(file.path, file.text);
    if (!done) return undo(std::move(done).error());
  }
  return {};
}

void sign(NewMigrationRequest& request, const runtime::EnvironmentLookup& environment) {
  const std::string user = environment("USER").value_or("unknown");
  request.author = environment("SQITCH_FULLNAME").value_or(user);
  request.mail = environment("SQITCH_EMAIL").value_or("");
  if (!request.mail.empty()) return;
  std::array<char, 256> host{};
  (void)::gethostname(host.data(), host.size() - 1);
  request.mail = user + "@" + host.data();
}

}  // namespace belay::workbench

// A list goes from thread to thread: the analysis thread tells which histories there are, a worker
// reads the journals beside their databases, where they have changed, and puts all together.

#include "lsp/migration_requests.h"

#include <algorithm>
#include <utility>

#include "analyzer/rules/settings.h"
#include "lsp/features/migration_list.h"
#include "lsp/features/schema_text.h"
#include "lsp/protocol/migration_results.h"
#include "lsp/protocol/results.h"
#include "lsp/protocol/uri.h"

namespace belay::lsp {
namespace {

Result<workbench::NamedDatabase> database_of(const FileSystem& disk,
                                             const workbench::ConfigReport& config,
                                             const std::string& environment) {
  workbench::SessionRequest request;
  request.load.overrides.environment = environment;
  const project::ConfigReading reading =
      project::read_config(config.document.text(), config.path, rules::known_rules());
  return workbench::named_database(disk, reading.config, request);
}

/// What the journals have to add to what is known; none where nothing is new.
std::optional<SessionView> newer_view(const workbench::NamedDatabase& database,
                                      const SessionView* known) {
  const runtime::Session session(database.options);
  const std::string stamp = session.records_stamp();
  if (stamp == (known == nullptr ? std::string() : known->stamp)) return std::nullopt;
  const Result<runtime::RecordsReport> records = session.records();
  if (!records) return std::nullopt;
  SessionView out = followed(known == nullptr ? SessionView() : *known, *records);
  out.database = workbench::place_of(database);
  out.stamp = stamp;
  return out;
}

}  // namespace

/// A history as the list needs it.
struct KnownHistory {
  HistoryView view;
  std::shared_ptr<const workbench::ConfigReport> config;  ///< null without one
};

static std::vector<KnownHistory> known_histories(const Projects& projects) {
  std::vector<KnownHistory> out;
  for (const auto& history : projects.histories()) {
    const auto config = projects.configs().find(history->config_path);
    out.push_back({history->view(), config == projects.configs().end() ? nullptr : config->second});
  }
  return out;
}

struct MigrationRequests::Listing {
  std::optional<Reply> reply;  ///< none where only the journals are looked at
  CommandSettings settings;
  uint64_t settings_count = 0;
  ColumnUnit unit = ColumnUnit::kUtf16;

  // Handed on from thread to thread.
  SessionViews views;
  std::vector<KnownHistory> histories;
  OpenFiles open;
  SessionViews news;
  std::string json;

  void put_together(const FileSystem& disk);
};

MigrationRequests::MigrationRequests(ServerWorld world, SessionCommands& sessions)
    : world_(world), sessions_(sessions), worker_("migrations", world.log) {}

std::vector<std::string> MigrationRequests::record_patterns() {
  return {"**/*.belay/{journal,audit.log}", "**/.belay/*/{journal,audit.log}"};
}

bool MigrationRequests::is_record(const std::string& path) {
  const std::string_view name = path::file_name(path);
  if (name != "journal" && name != "audit.log") return false;
  const std::string_view folder = path::parent(path);
  return folder.ends_with(".belay") || path::file_name(path::parent(folder)) == ".belay";
}

void MigrationRequests::changed() {
  if (is_told_) return;
  is_told_ = true;
  world_.dispatcher.notify("belay/stateChanged", "{}");
}

void MigrationRequests::list(const CommandSettings& settings, const Reply& reply) {
  auto listing = std::make_shared<Listing>();
  listing->reply = reply;
  listing->settings = settings;
  start(std::move(listing));
}

void MigrationRequests::look(const CommandSettings& settings) {
  auto listing = std::make_shared<Listing>();
  listing->settings = settings;
  start(std::move(listing));
}

void MigrationRequests::start(std::shared_ptr<Listing> listing) {
  listing->settings_count = sessions_.settings_count();
  listing->unit = world_.client.column_unit;
  listing->views = sessions_.views();
  const auto question = [this, &main = world_.main, listing](const Projects& projects) {
    listing->histories = known_histories(projects);
    listing->open = projects.open_files();
    main.post([this, listing] { read_records(listing); });
  };
  // Who looks at a list wants to see all; a look at the journals needs no more than is known.
  if (listing->reply) return world_.analysis.ask_workspace(question);
  world_.analysis.ask(question);
}

void MigrationRequests::read_records(std::shared_ptr<Listing> listing) {
  // What changes from here on the list may lack.
  if (listing->reply) is_told_ = false;
  // Several looks that wait are one.
  const std::string subject = listing->reply ? "" : "look";
  worker_.submit(
      [this, listing = std::move(listing)] {
        if (listing->reply && listing->reply->cancelled()) return;
        listing->put_together(world_.disk);
        world_.main.post([this, listing] {
          if (!listing->reply) {
            return sessions_.follow(std::move(listing->news), listing->settings_count);
          }
          // What this list tells is no news behind it.
          const bool was_told = std::exchange(is_told_, true);
          sessions_.follow(std::move(listing->news), listing->settings_count);
          is_told_ = was_told;
          listing->reply->result(listing->json);
        });
      },
      {subject, {}, {}});
}

void MigrationRequests::Listing::put_together(const FileSystem& disk) {
  std::vector<ListedHistory> out;
  for (const KnownHistory& history : histories) {
    const std::string& folder = history.view.set->set->directory;
    std::optional<workbench::NamedDatabase> database;
    std::string problem;
    // What the folder says is not acted on before somebody trusts it.
    if (history.view.has_database && history.config != nullptr && !settings.untrusted) {
      auto named = database_of(disk, *history.config, settings.environment);
      if (named) {
        database = *std::move(named);
      } else {
        problem = named.error().to_string();
      }
    }
    const auto known = views.find(folder);
    const SessionView* view = known == views.end() ? nullptr : &known->second;
    if (database) {
      // belay.toml may name another one by now.
      if (view != nullptr && view->database != workbench::place_of(*database)) view = nullptr;
      if (auto newer = newer_view(*database, view)) view = &(news[folder] = *std::move(newer));
    }
    ListedHistory& listed = out.emplace_back(listed_history(history.view, view, open, unit));
    listed.database = std::move(database);
    listed.database_problem = std::move(problem);
    if (history.config != nullptr) listed.config_uri = uri_of_path(history.config->path);
  }
  std::stable_sort(out.begin(), out.end(), [](const ListedHistory& a, const ListedHistory& b) {
    return a.folder < b.folder;
  });
  json = migrations_json(out);
}

void MigrationRequests::make_new(const CommandArguments& arguments, const CommandSettings& settings,
                                 const Reply& reply) {
  const auto refuse = [&](const std::string& why) {
    world_.show({MessageType::kWarning, why});
    reply.result(command_result_json(false, why));
  };
  if (settings.untrusted) {
    return refuse("This workspace is not trusted, so Belay writes no files in it.");
  }
  workbench::NewMigrationRequest request;
  request.path = path_of_uri(arguments.uri).value_or(settings.root);
  if (is_config_path(request.path)) request.path = std::string(path::parent(request.path));
  request.name = arguments.name;
  request.load.overrides.environment = settings.environment;
  if (request.path.empty()) return refuse("There is no folder to make a migration in.");
  worker_.submit([this, request = std::move(request), reply]() mutable {
    workbench::sign(request, runtime::process_environment);
    Result<workbench::NewMigration> made = workbench::plan_new_migration(world_.disk, request);
    if (made) {
      if (const Result<void> written = workbench::write_new_migration(*made); !written) {
        made = written.error();
      }
    }
    world_.main.post([this, made = std::move(made), reply] { made_new(made, reply); });
  });
}

void MigrationRequests::made_new(const Result<workbench::NewMigration>& made, const Reply& reply) {
  if (!made) {
    const std::string why = made.error().to_string();
    world_.show({MessageType::kError, why});
    return reply.result(command_result_json(false, why));
  }
  std::vector<Projects::Change> changes;
  std::string first;
  for (const workbench::NewFile& file : made->files) {
    changes.push_back({path::absolute(file.path), !file.appended});
    if (first.empty() && !file.appended) first = uri_of_path(path::absolute(file.path));
  }
  // A client may watch no files.
  world_.analysis.files_changed(std::move(changes));
  if (!first.empty() && world_.client.show_document) {
    world_.dispatcher.request("window/showDocument", show_document_params({first, {}}), {});
  }
  reply.result(command_result_json(true, first));
}

void MigrationRequests::schema(const SchemaParams& params, const Reply& reply) const {
  world_.analysis.ask([params, reply](const Projects& projects) {
    if (reply.cancelled()) return;
    const std::string path = projects.path_of(params.uri);
    for (const auto& history : projects.histories()) {
      const AnalyzedSet& set = *history->workspace->snapshot();
      for (uint32_t i = 0; i < set.migrations.size(); ++i) {
        const project::Migration& migration = set.set->migrations[i];
        if (!migration.stands_in(path)) continue;
        if (!params.migration.empty() && migration.id != params.migration) continue;
        const AnalyzedMigration& analyzed = *set.migrations[i];
        const bool is_before = params.when == SchemaParams::When::kBefore;
        return reply.result(
            schema_json(migration.id, schema_text(is_before ? analyzed.before : analyzed.after)));
      }
    }
    reply.error(ErrorCode::kRequestFailed, "no migration stands in " + params.uri);
  });
}

}  // namespace belay::lsp

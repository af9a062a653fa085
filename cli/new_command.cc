#include <iostream>
#include <nlohmann/json.hpp>

#include <belay/url.h>

#include "cli/command.h"
#include "cli/load_options.h"
#include "workbench/new_migration.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;
using Json = nlohmann::ordered_json;

int run(const Arguments& arguments) {
  Result<workbench::LoadOptions> load = load_options(arguments);
  if (!load) return fail(load.error(), kUsage);
  workbench::NewMigrationRequest request;
  request.load = *std::move(load);
  request.path = arguments.value("--dir");
  request.name = arguments.value("name");
  if (request.name.empty()) {
    return fail({"there is no name", "", "say in a few words what the migration does"}, kUsage);
  }
  workbench::sign(request, runtime::process_environment);
  const DiskFileSystem disk;
  const Result<workbench::NewMigration> planned = workbench::plan_new_migration(disk, request);
  if (!planned) return fail(planned.error(), kUsage);
  const Result<void> written = workbench::write_new_migration(*planned);
  if (!written) return fail(written.error(), kFindings);
  if (arguments.value("--format") != "json") {
    for (const workbench::NewFile& file : planned->files) std::cout << file.path << '\n';
    return kClean;
  }
  Json files = Json::array();
  for (const workbench::NewFile& file : planned->files) {
    files.push_back({{"path", file.path}, {"appended", file.appended}});
  }
  std::cout << Json{{"layout", planned->layout},
                    {"directory", planned->directory},
                    {"version", planned->version},
                    {"name", planned->name},
                    {"files", std::move(files)}}
                   .dump(-1, ' ', false, Json::error_handler_t::replace)
            << '\n';
  return kClean;
}

}  // namespace

Command new_command() {
  return {"new",
          "Make the files of the next migration, in the project's own layout",
          {{"name", "What it does, in a few words", Kind::kValue},
           {"--dir", "The project, or the folder of its migrations (default: this folder)",
            Kind::kValue, "."},
           layout_option(),
           config_option(),
           {"--format", "How to print it", Kind::kValue, "human", {"human", "json"}}},
          run};
}

}  // namespace belay::cli

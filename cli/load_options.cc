#include "cli/load_options.h"

#include "analyzer/project/nearest.h"

namespace belay::cli {
namespace {

std::string guess_layout_name(const std::string& name) {
  std::vector<std::string_view> names;
  std::string all;
  for (const project::Layout layout : project::all_layouts()) {
    names.push_back(project::layout_name(layout));
    all += (all.empty() ? "" : ", ") + std::string(names.back());
  }
  const auto nearest = project::nearest(name, names);
  return nearest ? "did you mean `" + std::string(*nearest) + "`?" : "it is one of " + all;
}

Result<project::Overrides> overrides(const Arguments& arguments) {
  project::Overrides out;
  if (arguments.has("--dialect")) {
    const std::string name = arguments.value("--dialect");
    out.engine = engine_from_name(name);
    if (!out.engine) {
      return Error{"unknown dialect `" + name + "`", "--dialect",
                   "postgresql, sqlite, mysql or mariadb"};
    }
  }
  if (arguments.has("--dialect-version")) {
    const std::string version = arguments.value("--dialect-version");
    out.version = parse_version(version);
    if (!out.version) {
      return Error{"`" + version + "` is no version", "--dialect-version", "as in 15 or 3.40.1"};
    }
  }
  if (arguments.has("--layout")) {
    const std::string name = arguments.value("--layout");
    out.layout = project::layout_from_name(name);
    if (!out.layout) {
      return Error{"unknown layout `" + name + "`", "--layout", guess_layout_name(name)};
    }
  }
  out.environment = arguments.value("--environment");
  return out;
}

}  // namespace

OptionSpec dialect_option() {
  return {"--dialect", "postgresql, sqlite, mysql or mariadb", OptionSpec::Kind::kValue};
}

OptionSpec dialect_version_option() {
  return {"--dialect-version", "The server's version, as in 15 or 3.40.1",
          OptionSpec::Kind::kValue};
}

OptionSpec layout_option() {
  return {"--layout", "How the migrations are laid out in files", OptionSpec::Kind::kValue};
}

Result<workbench::LoadOptions> load_options(const Arguments& arguments) {
  Result<project::Overrides> over = overrides(arguments);
  if (!over) return std::move(over).error();
  workbench::LoadOptions out;
  out.config_path = arguments.value("--config");
  out.overrides = std::move(*over);
  return out;
}

}  // namespace belay::cli

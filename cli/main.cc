#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/version.h"

namespace belay::cli {

OptionSpec config_option() {
  return {"--config", "The configuration file (default: the nearest belay.toml)",
          OptionSpec::Kind::kValue};
}

OptionSpec environment_option() {
  return {"--environment", "The environment of belay.toml to act on", OptionSpec::Kind::kValue};
}

int fail(const Error& error, ExitCode code) {
  std::cerr << "belay: " << (error.where.empty() ? "" : error.where + ": ") << error.message
            << '\n';
  if (!error.hint.empty()) std::cerr << "       " << error.hint << '\n';
  return code;
}

namespace {

std::vector<Command> all_commands() {
  return {
      lint_command(),  rules_command(),  explain_command(),  begin_command(),
      apply_command(), commit_command(), rollback_command(), status_command(),
#ifdef BELAY_WITH_LSP
      lsp_command(),
#endif
  };
}

/// A command on its way through the library: where each option's values arrive.
struct Parsed {
  Command command;
  CLI::App* app = nullptr;
  std::vector<std::vector<std::string>> values;
  std::vector<char> flags;  // CLI11 takes bool&, which vector<bool> does not give
};

void add_options(Parsed& parsed) {
  const auto& options = parsed.command.options;
  parsed.values.resize(options.size());
  parsed.flags.resize(options.size(), 0);
  for (size_t i = 0; i < options.size(); ++i) {
    const OptionSpec& spec = options[i];
    const std::string name(spec.name);
    const std::string description(spec.description);
    if (spec.kind == OptionSpec::Kind::kFlag) {
      parsed.app->add_flag_callback(
          name, [&flag = parsed.flags[i]] { flag = 1; }, description);
      continue;
    }
    CLI::Option* option = parsed.app->add_option(name, parsed.values[i], description);
    option->expected(spec.kind == OptionSpec::Kind::kValue ? 1 : -1)->type_name("");
    if (!spec.default_value.empty()) {
      parsed.values[i] = {std::string(spec.default_value)};
      option->default_str(std::string(spec.default_value));
    }
    if (!spec.choices.empty()) {
      option->check(
          CLI::IsMember(std::vector<std::string>(spec.choices.begin(), spec.choices.end())));
    }
  }
}

int run_command(const Parsed& parsed) {
  Arguments arguments;
  for (size_t i = 0; i < parsed.command.options.size(); ++i) {
    const OptionSpec& spec = parsed.command.options[i];
    if (spec.kind == OptionSpec::Kind::kFlag) {
      if (parsed.flags[i] != 0) arguments.set(spec.name, {"true"});
    } else {
      arguments.set(spec.name, parsed.values[i]);
    }
  }
  return parsed.command.run(arguments);
}

int run(int argc, char** argv) {
  CLI::App app(
      "Belay watches database migrations: what they lock, rewrite and destroy, and runs "
      "them under a snapshot.",
      "belay");
  app.set_version_flag("--version", std::string("belay ") + kVersion);
  app.require_subcommand(1);
  std::vector<std::unique_ptr<Parsed>> all;
  for (Command& command : all_commands()) {
    auto parsed = std::make_unique<Parsed>();
    parsed->command = std::move(command);
    parsed->app = app.add_subcommand(std::string(parsed->command.name),
                                     std::string(parsed->command.description));
    add_options(*parsed);
    all.push_back(std::move(parsed));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kClean : kUsage;
  }
  for (const auto& parsed : all) {
    if (parsed->app->parsed()) return run_command(*parsed);
  }
  return kUsage;
}

}  // namespace
}  // namespace belay::cli

int main(int argc, char** argv) {
  try {
    return belay::cli::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "belay: internal error: " << error.what()
              << "\n       Please report it with the command and, if you can, the files.\n";
    return belay::cli::kInternal;
  }
}

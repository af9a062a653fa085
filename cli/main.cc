#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyzer/project/nearest.h"
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
      lint_command(),          rules_command(),   explain_command(),  begin_command(),
      apply_command(),         commit_command(),  rollback_command(), status_command(),
      plan_command(),          pending_command(), down_command(),     redo_command(),
      history_command(),       show_command(),    check_command(),    verify_schema_command(),
      baseline_command(),      repair_command(),  verdict_command(),  verify_command(),
      generate_down_command(), adopt_command(),   new_command(),      doctor_command(),
      snapshots_command(),     restore_command(), fresh_command(),    rehearse_command(),
      config_schema_command(),
#ifdef BELAY_WITH_LSP
      lsp_command(),
#endif
  };
}

/// `a, b or c`.
std::string joined(std::span<const std::string_view> words) {
  std::string out;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

/// A command on its way through the library: where each option's values arrive.
struct Parsed {
  Command command;
  CLI::App* app = nullptr;
  std::vector<std::vector<std::string>> values;
  std::vector<char> flags;  // CLI11 takes bool&, which vector<bool> does not give
};

/// What `--help` says of an option: with the values that it takes.
std::string full_description(const OptionSpec& spec) {
  std::string out(spec.description);
  if (spec.choices.empty()) return out;
  out += ": " + joined(spec.choices);
  if (!spec.default_value.empty()) out += " (default: " + std::string(spec.default_value) + ")";
  return out;
}

void add_options(Parsed& parsed) {
  const auto& options = parsed.command.options;
  parsed.values.resize(options.size());
  parsed.flags.resize(options.size(), 0);
  for (size_t i = 0; i < options.size(); ++i) {
    const OptionSpec& spec = options[i];
    const std::string name(spec.name);
    const std::string description = full_description(spec);
    if (spec.kind == OptionSpec::Kind::kFlag) {
      parsed.app->add_flag_callback(
          name, [&flag = parsed.flags[i]] { flag = 1; }, description);
      continue;
    }
    CLI::Option* option = parsed.app->add_option(name, parsed.values[i], description);
    option->type_name(spec.name.starts_with("-") ? "VALUE" : "");
    if (spec.kind == OptionSpec::Kind::kValue) {
      // Else the library lets an option swallow the arguments behind its value.
      option->expected(1)->allow_extra_args(false);
    } else if (spec.kind == OptionSpec::Kind::kRepeated) {
      option->expected(1)->allow_extra_args(false)->multi_option_policy(
          CLI::MultiOptionPolicy::TakeAll);
    } else {
      option->expected(-1);
    }
    if (!spec.default_value.empty()) {
      parsed.values[i] = {std::string(spec.default_value)};
    }
    if (!spec.choices.empty()) {
      CLI::IsMember one_of(std::vector<std::string>(spec.choices.begin(), spec.choices.end()));
      option->check(one_of.description(""));  // the option's own description lists them
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

using AllParsed = std::vector<std::unique_ptr<Parsed>>;

const Parsed* called(const AllParsed& all) {
  for (const auto& parsed : all) {
    if (parsed->app->parsed()) return parsed.get();
  }
  return nullptr;
}

std::string guess(std::string_view word, std::span<const std::string_view> candidates) {
  const auto found = project::nearest(word, candidates);
  return found ? "did you mean `" + std::string(*found) + "`? " : "";
}

/// An option with a value that it does not take; none where all values are fit.
std::optional<Error> bad_value(const Parsed& command) {
  for (size_t i = 0; i < command.command.options.size(); ++i) {
    const OptionSpec& spec = command.command.options[i];
    if (spec.choices.empty()) continue;
    for (const std::string& value : command.app->get_option(std::string(spec.name))->results()) {
      if (std::find(spec.choices.begin(), spec.choices.end(), value) != spec.choices.end())
        continue;
      return Error{"`" + value + "` is no value of it", std::string(spec.name),
                   guess(value, spec.choices) + "It takes " + joined(spec.choices)};
    }
  }
  return std::nullopt;
}

/// What was wrong with the command line, with what was probably meant.
Error usage_error(const CLI::App& app, const AllParsed& all, const CLI::ParseError& error) {
  const Parsed* command = called(all);
  std::vector<std::string_view> candidates;
  if (command == nullptr) {
    const std::vector<std::string> words = app.remaining(true);
    if (words.empty()) return {"there is no command", "", "`belay --help` lists the commands"};
    for (const auto& parsed : all) candidates.push_back(parsed->command.name);
    const bool option = words[0].starts_with("-");
    return {std::string(option ? "unknown option `" : "unknown command `") + words[0] + "`", "",
            guess(words[0], candidates) + "`belay --help` lists the commands"};
  }
  if (auto bad = bad_value(*command)) return *bad;
  const std::string help = "`belay " + std::string(command->command.name) + " --help` tells more";
  const std::vector<std::string> words = app.remaining(true);
  if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::ExtrasError) || words.empty()) {
    return {error.what(), "", help};
  }
  const bool option = words[0].starts_with("-");
  for (const OptionSpec& spec : command->command.options) {
    if (spec.name.starts_with("-")) candidates.push_back(spec.name);
  }
  const std::string word = words[0].substr(0, words[0].find('='));
  return {std::string(option ? "unknown option `" : "unexpected argument `") + word + "`", "",
          (option ? guess(word, candidates) : "") + help};
}

int run(int argc, char** argv) {
  CLI::App app(
      "Belay watches database migrations: what they lock, rewrite and destroy, and runs "
      "them under a snapshot.",
      "belay");
  app.set_version_flag("--version", std::string("belay ") + kVersion);
  app.require_subcommand(1);
  AllParsed all;
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
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return fail(usage_error(app, all, error), kUsage);
  }
  return run_command(*called(all));
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

#include <belay/migration_program.h>
#include <belay/migrations.h>
#include <belay/runner.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "runner/commands.h"

namespace belay {
namespace runner {
namespace {

constexpr Option kDatabase{"--database", "URL",
                           "the database (default: the environment's DATABASE_URL)"};
constexpr Option kState{"--state-directory", "PATH",
                        "where journal and snapshots live (default: beside the database)"};
constexpr Option kWait{"--wait", "SECONDS", "how long to wait for others (default: 10)"};
constexpr Option kEndOthers{"--end-other-sessions", "",
                            "PostgreSQL: end others' connections where that is needed"};

int fail(const Error& error, int code) {
  std::cerr << error.to_string() << '\n';
  return code;
}

void print_option(const Option& option) {
  std::string left = "    " + std::string(option.name);
  if (!option.value.empty()) left += " " + std::string(option.value);
  constexpr size_t kColumn = 34;
  left.resize(std::max(left.size() + 1, kColumn), ' ');
  std::cout << left << option.description << '\n';
}

int help(const std::string& program) {
  std::cout << program << ": migrations in C++, run on a rope\n\n";
  for (const Command& command : all_commands()) {
    std::string left = "  " + std::string(command.name);
    if (!command.word.empty()) left += " " + std::string(command.word);
    constexpr size_t kColumn = 22;
    left.resize(std::max(left.size() + 1, kColumn), ' ');
    std::cout << left << command.description << '\n';
    for (const Option& option : command.options) print_option(option);
  }
  std::cout << "  serve               answer `belay`, which runs these migrations among a project's "
               "others\n\nEvery command takes:\n";
  for (const Option& option : {kDatabase, kState, kWait, kEndOthers}) print_option(option);
  return kDone;
}

/// What migrations print goes to standard error: standard output is for the answers.
int serve(std::span<const runtime::MigrationScript> migrations) {
  const int answers = ::dup(STDOUT_FILENO);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  ::signal(SIGINT, SIG_IGN);  // whoever asks decides what is cancelled
  return runtime::serve_migrations(migrations, std::cin, [answers](std::string_view line) {
    while (!line.empty()) {
      const ssize_t written = ::write(answers, line.data(), line.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) std::_Exit(kFailed);  // nobody listens any more
      line.remove_prefix(static_cast<size_t>(written));
    }
  });
}

runtime::CancellationToken& interrupt_token() {
  static runtime::CancellationToken token;
  return token;
}

runtime::CancellationToken listen_to_interrupts() {
  (void)interrupt_token();
  for (const int signal : {SIGINT, SIGTERM}) {
    ::signal(signal, [](int again) {
      interrupt_token().cancel();
      ::signal(again, SIG_DFL);  // a second one ends us at once
    });
  }
  return interrupt_token();
}

Result<runtime::SessionOptions> session_options(const Arguments& arguments,
                                                const std::string& program) {
  runtime::SessionOptions options;
  options.environment = runtime::process_environment;
  options.program = program;
  options.database_url = arguments.value(kDatabase.name);
  if (options.database_url.empty()) {
    options.database_url = runtime::process_environment("DATABASE_URL").value_or("");
  }
  if (options.database_url.empty()) {
    return Error{"no database is named", "", "pass --database URL, or set DATABASE_URL"};
  }
  options.state_directory = arguments.value(kState.name);
  constexpr size_t kTenSeconds = 10;
  Result<size_t> wait = arguments.number(kWait.name, kTenSeconds);
  if (!wait) return std::move(wait).error();
  options.lock_timeout = options.busy_timeout = std::chrono::seconds(*wait);
  options.end_other_sessions = arguments.has(kEndOthers.name);
  options.cancellation = listen_to_interrupts();
  return options;
}

/// The migrations in their order, and the versions that they depend on and that are not among them.
struct Sorted {
  std::vector<runtime::MigrationScript> migrations;
  std::vector<std::string> elsewhere;
};
Result<Sorted> sorted(std::vector<runtime::MigrationScript> migrations) {
  Sorted out;
  for (runtime::MigrationScript& migration : migrations) {
    std::erase_if(migration.dependencies, [&](const std::string& version) {
      const bool here = std::any_of(migrations.begin(), migrations.end(),
                                    [&](const auto& m) { return m.version == version; });
      if (!here) out.elsewhere.push_back(version);
      return !here;
    });
  }
  Result<std::vector<runtime::MigrationScript>> in_order = belay::in_order(std::move(migrations));
  if (!in_order) return std::move(in_order).error();
  out.migrations = *std::move(in_order);
  return out;
}

int run(const Command& command, std::span<const std::string_view> words, const Sorted& known,
        const std::string& program) {
  std::vector<Option> options = command.options;
  options.insert(options.end(), {kDatabase, kState, kWait, kEndOthers});
  const Result<Arguments> arguments =
      Arguments::read(words, options, command.word.empty() ? 0 : 1);
  if (!arguments) return fail(arguments.error(), kUsage);
  if (!command.word.empty() && arguments->word(0).empty()) {
    return fail({std::string(command.name) + " needs a " + std::string(command.word), "", ""},
                kUsage);
  }
  const bool needs_database = command.name != "list";
  Result<runtime::SessionOptions> session_options =
      needs_database ? runner::session_options(*arguments, program) : runtime::SessionOptions();
  if (!session_options) return fail(session_options.error(), kUsage);
  const runtime::Session session(*std::move(session_options));
  const Result<int> code = command.run({session, known.migrations, *arguments, known.elsewhere});
  return code ? *code : fail(code.error(), kFailed);
}

}  // namespace
}  // namespace runner

int run_migrations(int argc, const char* const* argv) {
  using namespace runner;  // NOLINT: all of it is there
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  const std::string program = argv[0];
  if (words.empty() || words[0] == "--help" || words[0] == "help") return help(program);
  Result<std::vector<runtime::MigrationScript>> migrations = MigrationRegistry::instance().all();
  if (!migrations) return fail(migrations.error(), kUsage);
  const std::span<const std::string_view> rest(words.data() + 1, words.size() - 1);
  if (words[0] == "serve") return serve(*migrations);
  const Result<Sorted> known = sorted(*std::move(migrations));
  if (!known) return fail(known.error(), kUsage);
  for (const Command& command : all_commands()) {
    if (command.name == words[0]) return run(command, rest, *known, program);
  }
  return fail({"there is no command `" + std::string(words[0]) + "`", "", "see --help"}, kUsage);
}

}  // namespace belay

#include <unistd.h>

#include <csignal>
#include <iostream>

#include "cli/command.h"
#include "cli/version.h"
#include "lsp/server.h"
#include "lsp/transport/stdio_connection.h"
#include "support/file_system.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;

int run(const Arguments& arguments) {
  const auto level = lsp::Log::level_from_name(arguments.value("--log"));
  lsp::Log log(level.value_or(lsp::Log::Level::kWarning),
               [](lsp::Log::Level severity, std::string_view line) {
                 std::cerr << "belay " << lsp::Log::level_name(severity) << ": " << line << '\n';
               });
  // A client that is gone is noticed where we write to it.
  std::signal(SIGPIPE, SIG_IGN);
  const DiskFileSystem disk;
  lsp::StdioConnection connection(STDIN_FILENO, STDOUT_FILENO);
  lsp::Server server(connection, connection, disk, log, {kVersion});
  connection.run(server);
  return server.exit_code();
}

}  // namespace

Command lsp_command() {
  return {"lsp",
          "Serve an editor over standard input and output (Language Server Protocol)",
          {{"--stdio", "Use standard input and output, as is done anyway: some editors pass this"},
           {"--log",
            "What to tell on standard error",
            Kind::kValue,
            "warning",
            {"off", "error", "warning", "info"}}},
          run};
}

}  // namespace belay::cli

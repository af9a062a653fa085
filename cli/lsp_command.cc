#include <unistd.h>

#include <charconv>
#include <csignal>
#include <iostream>
#include <optional>

#include "cli/command.h"
#include "cli/version.h"
#include "lsp/check/replay_report.h"
#include "lsp/server.h"
#include "lsp/transport/loopback_listener.h"
#include "lsp/transport/stdio_connection.h"
#include "support/file_system.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;

int serve(int input, int output, lsp::Log& log, lsp::Trace* trace) {
  const DiskFileSystem disk;
  lsp::StdioConnection connection(input, output);
  lsp::Server server(connection, connection, disk, log, {kVersion, trace});
  connection.run(server);
  return server.exit_code();
}

std::optional<uint16_t> port_of(const std::string& text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

int serve_on_port(const std::string& text, lsp::Log& log, lsp::Trace* trace) {
  const std::optional<uint16_t> port = port_of(text);
  if (!port)
    return fail({"`" + text + "` is no port", "--socket", "a number from 0 to 65535"}, kUsage);
  Result<lsp::LoopbackListener> listener = lsp::LoopbackListener::listen(*port);
  if (!listener) return fail(listener.error(), kFindings);
  std::cout << "listening on 127.0.0.1:" << listener->port() << std::endl;
  const Result<int> client = listener->accept();
  if (!client) return fail(client.error(), kFindings);
  // The loop waits for reading and for writing, each on a descriptor of its own.
  const int output = ::dup(*client);
  const int code = serve(*client, output, log, trace);
  ::close(output);
  ::close(*client);
  return code;
}

int check(std::vector<std::string> files, lsp::Log& log, lsp::Trace* trace) {
  const DiskFileSystem disk;
  const Result<lsp::ReplayResult> result =
      lsp::replay_editor(disk, log, {std::move(files), kVersion, trace});
  if (!result) return fail(result.error(), kUsage);
  std::cout << lsp::replay_report(*result);
  return result->failures.empty() ? kClean : kFindings;
}

int run(const Arguments& arguments) {
  const auto level = lsp::Log::level_from_name(arguments.value("--log"));
  lsp::Log log(level.value_or(lsp::Log::Level::kWarning),
               [](lsp::Log::Level severity, std::string_view line) {
                 std::cerr << "belay " << lsp::Log::level_name(severity) << ": " << line << '\n';
               });
  // A client that is gone is noticed where we write to it.
  std::signal(SIGPIPE, SIG_IGN);
  std::unique_ptr<lsp::Trace> trace;
  if (arguments.has("--trace")) {
    Result<std::unique_ptr<lsp::Trace>> opened = lsp::Trace::open(arguments.value("--trace"));
    if (!opened) return fail(opened.error(), kUsage);
    trace = *std::move(opened);
  }
  if (arguments.has("--check")) return check(arguments.values("--check"), log, trace.get());
  if (arguments.has("--socket")) {
    return serve_on_port(arguments.value("--socket"), log, trace.get());
  }
  return serve(STDIN_FILENO, STDOUT_FILENO, log, trace.get());
}

}  // namespace

Command lsp_command() {
  return {
      "lsp",
      "Serve an editor over standard input and output (Language Server Protocol)",
      {{"--stdio", "Use standard input and output, as is done anyway: some editors pass this"},
       {"--socket",
        "Serve one client on this port of 127.0.0.1 instead; 0: one that is free, which is printed",
        Kind::kValue},
       {"--trace", "Write what is done, and how long it takes, to this file for about:tracing",
        Kind::kValue},
       {"--check", "Serve no editor: ask of these files what one would ask, and print a report",
        Kind::kValues},
       {"--log",
        "What to tell on standard error",
        Kind::kValue,
        "warning",
        {"off", "error", "warning", "info"}}},
      run};
}

}  // namespace belay::cli

#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <belay/result.h>
#include <belay/session.h>

#include "analyzer/project/config.h"

/// What belay.toml lets a command call: programs and addresses. Only a command that a person ran
/// does so, and it shows them first.
namespace belay::workbench {

/// A program with its arguments, or an address.
struct Hook {
  std::vector<std::string> command;
  std::string url;

  bool empty() const { return command.empty() && url.empty(); }
  /// As people read it: `systemctl stop shop`, `http://localhost/end`.
  std::string to_string() const;
};

/// Reads what a key of `[session]` says. Errors: an `https://` address, which a command such as
/// curl has to call; an address with a user or without a host.
Result<Hook> read_hook(const std::vector<std::string>& words, const std::string& key);

/// Runs a program without a shell and waits for it, its output on standard error. Errors: it cannot
/// be started, ends with another code than 0, or takes longer; it is then killed.
Result<void> run_program(const std::vector<std::string>& command,
                         const std::map<std::string, std::string>& environment,
                         const std::string& directory, std::chrono::milliseconds timeout);

/// One request in HTTP/1.1. Errors: no answer in time, or one that is not 2xx.
Result<void> http_request(const std::string& method, const std::string& url,
                          const std::string& json_body, std::chrono::milliseconds timeout);

/// Calls the hook: a program learns of the event from BELAY_EVENT, BELAY_SESSION and BELAY_DATABASE
/// in its environment, an address gets them as JSON by POST.
Result<void> call_hook(const Hook& hook, const runtime::SessionEvent& event,
                       const std::string& directory, std::chrono::milliseconds timeout);

/// Sets up the flag file and the hooks of `[session]`. Errors: as of `read_hook`.
Result<void> set_hooks(const project::SessionConfig& config, const std::string& directory,
                       runtime::SessionOptions& options);

}  // namespace belay::workbench

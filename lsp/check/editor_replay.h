#pragma once

#include <map>
#include <string>
#include <vector>

#include "lsp/log.h"
#include "lsp/memory_usage.h"
#include "support/file_system.h"

/// An editor's session without an editor: to see what the server says of files, how long it takes,
/// and whether it answers whatever it is asked.
namespace belay::lsp {

struct ReplayRequest {
  std::vector<std::string> files;
  std::string version;  ///< of the program
  Trace* trace = nullptr;
};

struct ReplayResult {
  struct Told {
    std::string path;
    uint32_t line = 0;    ///< from 1
    uint32_t column = 0;  ///< from 1, in bytes
    int severity = 0;     ///< as the protocol counts
    std::string code;
    std::string message;
  };
  std::vector<Told> diagnostics;
  /// What was not answered, or with an error, and where.
  std::vector<std::string> failures;
  /// From question to answer, in milliseconds, by method; of `textDocument/didOpen` until the
  /// diagnostics came.
  std::map<std::string, std::vector<double>> latencies;
  MemoryUsage memory;
};

/// Opens the files one after the other, waits for their diagnostics, asks what an editor asks of a
/// document, and at each of its tokens what it asks under a cursor. Touches no database. Errors: a
/// file cannot be read.
Result<ReplayResult> replay_editor(const FileSystem& disk, Log& log, const ReplayRequest& request);

}  // namespace belay::lsp

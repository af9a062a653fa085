#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lsp/projects.h"

namespace belay::lsp {

/// Where the server's memory goes. What the parts say is what the objects take (`MemoryWalk`); the
/// program itself, its libraries and what the allocator keeps are the difference to `resident`.
struct MemoryUsage {
  struct Part {
    std::string name;
    uint64_t bytes = 0;
    uint64_t count = 0;
  };
  std::vector<Part> parts;
  uint64_t resident = 0;  ///< bytes of the process in memory; 0 where the system does not tell

  uint64_t total() const;
};

/// Of what the analysis holds now. On the analysis thread.
MemoryUsage memory_usage(const Projects& projects);

/// A JSON object: `{parts: [{name, bytes, count}], total, resident}`.
std::string memory_usage_json(const MemoryUsage& usage);

}  // namespace belay::lsp

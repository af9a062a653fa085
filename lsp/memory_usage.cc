#include "lsp/memory_usage.h"

#include <unistd.h>

#include <fstream>

#include "analyzer/memory_walk.h"
#include "lsp/protocol/write_values.h"

namespace belay::lsp {
namespace {

/// proc(5): the second number of statm is the resident size in pages.
uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  uint64_t size = 0;
  uint64_t resident = 0;
  if (!(file >> size >> resident)) return 0;
  return resident * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

uint64_t MemoryUsage::total() const {
  uint64_t out = 0;
  for (const Part& part : parts) out += part.bytes;
  return out;
}

MemoryUsage memory_usage(const Projects& projects) {
  MemoryWalk walk;
  MemoryUsage::Part names{"names", 0, 0};
  for (const auto& [path, document] : projects.open_files()) walk.add(document.text);
  for (const auto& history : projects.histories()) {
    walk.add(*history->workspace->snapshot());
    names.bytes += history->names->bytes();
    ++names.count;
  }
  const auto part = [](const char* name, const MemoryWalk::Part& p) {
    return MemoryUsage::Part{name, p.bytes, p.count};
  };
  MemoryUsage out;
  out.parts = {part("texts", walk.texts()), part("statements", walk.statements()),
               part("schemas", walk.schemas()), part("findings", walk.findings()), names};
  out.resident = resident_bytes();
  return out;
}

std::string memory_usage_json(const MemoryUsage& usage) {
  return written_object([&](JsonWriter& w) {
    w.key("parts");
    write_array(w, usage.parts, [&](const MemoryUsage::Part& part) {
      w.begin_object();
      w.member("name", part.name);
      w.member("bytes", static_cast<int64_t>(part.bytes));
      w.member("count", static_cast<int64_t>(part.count));
      w.end_object();
    });
    w.member("total", static_cast<int64_t>(usage.total()));
    w.member("resident", static_cast<int64_t>(usage.resident));
  });
}

}  // namespace belay::lsp

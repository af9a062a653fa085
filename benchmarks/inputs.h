#pragma once

#include <map>
#include <string>
#include <vector>

#include "support/file_system.h"

namespace belay::benchmarks {

/// Files in memory: a benchmark measures the work, not the disk.
class MemoryFiles : public FileSystem {
 public:
  explicit MemoryFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  bool exists(const std::string& path) const override;
  bool is_directory(const std::string& path) const override;
  Result<std::string> read(const std::string& path, uint64_t max_bytes) const override;
  Result<std::vector<Entry>> list(const std::string& directory) const override;

  const std::map<std::string, std::string>& all() const { return files_; }

 private:
  std::map<std::string, std::string> files_;
};

/// A project to measure with: its files, all below `/project`.
struct Input {
  std::string name;
  MemoryFiles files;
};

/// PostgreSQL DDL of about `bytes` bytes: tables and all that is usually done to them later.
std::string generated_migration(size_t bytes);

/// One generated migration of 15 kB and one of 154 kB, each a project of its own, and the projects
/// in the folders that the environment variable BELAY_BENCHMARK_PROJECTS names, `:` between them.
const std::vector<Input>& inputs();

}  // namespace belay::benchmarks

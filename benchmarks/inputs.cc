#include "benchmarks/inputs.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace belay::benchmarks {
namespace {

const std::string kRoot = "/project";

std::string statement(size_t i) {
  const std::string n = std::to_string(i);
  const auto table = [&](size_t back) {
    return "shop.item" + std::to_string(i < back ? 0 : i - back);
  };
  switch (i % 6) {
    case 0:
      return "CREATE TABLE " + table(0) +
             " (\n  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n  title text NOT NULL,\n"
             "  made_at timestamptz NOT NULL DEFAULT now()\n);";
    case 1:
      return "ALTER TABLE " + table(1) + " ADD COLUMN stock" + n + " integer NOT NULL DEFAULT 0;";
    case 2: return "CREATE INDEX item_title_" + n + " ON " + table(2) + " (title, made_at);";
    case 3:
      return "ALTER TABLE " + table(3) + "\n  ADD CONSTRAINT item_parent_" + n +
             " FOREIGN KEY (id) REFERENCES shop.item0 (id);";
    case 4: return "UPDATE " + table(4) + " SET title = 'no " + n + "' WHERE id = " + n + ";";
    default: return "ALTER TABLE " + table(5) + " ALTER COLUMN title TYPE varchar(50);";
  }
}

Input generated(const std::string& name, size_t bytes) {
  return {name, MemoryFiles(
                    {{kRoot + "/migrations/0001_items.up.sql", generated_migration(bytes)},
                     {kRoot + "/migrations/0001_items.down.sql", "DROP SCHEMA shop CASCADE;\n"}})};
}

Input from_disk(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    files[kRoot + "/" + entry.path().lexically_relative(folder).generic_string()] = {
        std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  return {folder.filename().string(), MemoryFiles(std::move(files))};
}

std::vector<Input> make_inputs() {
  std::vector<Input> out;
  out.push_back(generated("generated-15kB", 15'000));
  out.push_back(generated("generated-154kB", 154'000));
  if (const char* folders = std::getenv("BELAY_BENCHMARK_PROJECTS")) {
    std::istringstream each(folders);
    for (std::string folder; std::getline(each, folder, ':');) out.push_back(from_disk(folder));
  }
  return out;
}

}  // namespace

bool MemoryFiles::exists(const std::string& path) const {
  return files_.contains(path) || is_directory(path);
}

bool MemoryFiles::is_directory(const std::string& path) const {
  const auto at = files_.lower_bound(path + "/");
  return at != files_.end() && at->first.starts_with(path + "/");
}

Result<std::string> MemoryFiles::read(const std::string& path, uint64_t) const {
  const auto at = files_.find(path);
  if (at == files_.end()) return Error{"no such file", path, ""};
  return at->second;
}

Result<std::vector<FileSystem::Entry>> MemoryFiles::list(const std::string& directory) const {
  std::vector<Entry> out;
  const std::string prefix = directory + "/";
  for (auto at = files_.lower_bound(prefix); at != files_.end() && at->first.starts_with(prefix);
       ++at) {
    const size_t slash = at->first.find('/', prefix.size());
    std::string path = at->first.substr(0, slash);
    if (out.empty() || out.back().path != path) {
      out.push_back({std::move(path), slash != std::string::npos});
    }
  }
  return out;
}

std::string generated_migration(size_t bytes) {
  std::string out;
  for (size_t i = 0; out.size() < bytes; ++i) out += statement(i) + "\n\n";
  return out;
}

const std::vector<Input>& inputs() {
  static const std::vector<Input> all = make_inputs();
  return all;
}

}  // namespace belay::benchmarks

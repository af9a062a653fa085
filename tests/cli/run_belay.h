#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace belay::cli {

/// What a run of the program answered.
struct Answer {
  int exit_code = -1;  ///< -1 where a signal ended it
  std::string out;
  std::string err;
};

struct RunOptions {
  std::filesystem::path folder = ".";
  std::string input;
  std::map<std::string, std::string> environment = {};
  /// Standard input, output and error are a terminal, at which `input` is typed: all that is seen
  /// there arrives in `out`.
  bool terminal = false;
  /// The most address space it may take, in bytes; 0: as much as it likes.
  size_t address_space = 0;
};

/// Runs the real program `belay` to its end.
Answer run_belay(const std::vector<std::string>& arguments, const RunOptions& options = {});

/// A folder for the time of a test.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Writes a file and makes the folders that lead to it.
  void write(const std::string& name, const std::string& text) const;
  /// What a file holds; "" where there is none.
  std::string text(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

}  // namespace belay::cli

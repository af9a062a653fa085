#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/overlay_file_system.h"
#include "workbench/lint.h"

namespace belay {

/// A file system with nothing in it, to put texts over.
class NoFiles : public FileSystem {
 public:
  bool exists(const std::string&) const override { return false; }
  bool is_directory(const std::string&) const override { return false; }
  Result<std::string> read(const std::string& path, uint64_t) const override {
    return Error{"no such file", path, ""};
  }
  Result<std::vector<Entry>> list(const std::string& directory) const override {
    return Error{"no such folder", directory, ""};
  }
};

/// Lints one text as the only migration of a project.
inline workbench::LintResult lint_text(Engine engine, std::string text) {
  const NoFiles nothing;
  OverlayFileSystem files(nothing);
  files.put("/p/0001_odd.up.sql", std::move(text));
  files.put("/p/0001_odd.down.sql", "-- nothing\n");
  workbench::LintOptions options;
  options.paths = {"/p"};
  options.load.overrides.engine = engine;
  Result<workbench::LintResult> result = workbench::lint(files, options);
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().to_string());
  return result.ok() ? std::move(*result) : workbench::LintResult{};
}

/// The rules of all findings, in order.
inline std::vector<std::string> rules_of(const workbench::LintResult& result) {
  std::vector<std::string> out;
  for (const workbench::LintedFile& file : result.files) {
    for (const Finding& f : file.findings) out.emplace_back(f.rule);
  }
  return out;
}

/// Every place lies in its file, so that every report can show it.
inline void expect_places_in_files(const workbench::LintResult& result) {
  for (const workbench::LintedFile& file : result.files) {
    for (const Finding& f : file.findings) {
      EXPECT_LE(f.place.range.begin, f.place.range.end) << f.rule;
      EXPECT_LE(f.place.range.end, file.document.text().size()) << f.rule;
    }
  }
}

}  // namespace belay

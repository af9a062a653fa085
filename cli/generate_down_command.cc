#include <filesystem>
#include <fstream>
#include <iostream>

#include "cli/command.h"
#include "cli/load_options.h"
#include "workbench/cpp/reader_process.h"
#include "workbench/generate_down.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;
using rollback::Verdict;

std::string shown_path(const std::string& path) {
  return path::relative_to(path, path::absolute("."));
}

bool brings_schema_back(Verdict verdict) {
  return verdict == Verdict::kRestored || verdict == Verdict::kRestoredButOrder ||
         verdict == Verdict::kRestoredDataLost;
}

void tell(const workbench::GeneratedDownFile& down) {
  const rollback::Reversibility& r = down.reversibility;
  std::cerr << down.id << ": " << rollback::verdict_name(r.verdict);
  if (r.verdict != Verdict::kRestored) std::cerr << " (" << r.reason << ")";
  std::cerr << '\n';
  for (const std::string& note : down.notes) std::cerr << "  " << note << '\n';
}

/// A file is put in place of the old one when it is whole.
Result<void> write_file(const std::string& path, const std::string& text) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path target(path);
  fs::create_directories(target.parent_path(), error);
  const fs::path part = target.string() + ".part";
  {
    std::ofstream out(part, std::ios::binary);
    out << text;
    if (!out.flush()) return Error{"cannot write the down", path, {}};
  }
  if (fs::exists(target, error)) fs::permissions(part, fs::status(target).permissions(), error);
  fs::rename(part, target, error);
  if (!error) return {};
  const std::string why = error.message();
  fs::remove(part, error);
  return Error{"cannot write the down: " + why, path, {}};
}

int print_pair(const workbench::GeneratedDownFile& down) {
  std::cout << "-- The up, so that nothing is destroyed:\n\n"
            << down.up << '\n'
            << "-- Its down:\n\n"
            << down.script;
  tell(down);
  return brings_schema_back(down.reversibility.verdict) ? kClean : kFindings;
}

int write(const workbench::GeneratedDownFile& down, bool complete) {
  if (down.path.empty())
    return fail({"there is no place for a down", down.id, down.no_place}, kFindings);
  if (down.has_down && !complete) {
    return fail(
        {"there is a down already", shown_path(down.path), "--complete adds what it misses"},
        kFindings);
  }
  if (Result<void> written = write_file(down.path, down.new_text); !written) {
    return fail(written.error(), kFindings);
  }
  std::cerr << "written to " << shown_path(down.path) << '\n';
  return brings_schema_back(down.reversibility.verdict) ? kClean : kFindings;
}

int run(const Arguments& arguments) {
  Result<workbench::LoadOptions> load = load_options(arguments);
  if (!load) return fail(load.error(), kUsage);
  load->cpp = std::make_shared<workbench::CppReaders>();
  workbench::GenerateDownOptions options;
  options.complete = arguments.has("--complete");
  options.keep_data = arguments.has("--keep-data");
  options.migration = arguments.value("--migration");
  if (options.keep_data && (options.complete || arguments.has("--write"))) {
    return fail({"--keep-data goes with neither --write nor --complete",
                 {},
                 "it prints an up and a down for a person to read"},
                kUsage);
  }
  const DiskFileSystem disk;
  const Result<workbench::GeneratedDownFile> down =
      workbench::generate_down(disk, arguments.value("file"), *load, options);
  if (!down) return fail(down.error(), kUsage);
  if (options.keep_data) return print_pair(*down);
  if (options.complete && down->nothing_to_do) {
    std::cerr << down->id << ": the down misses nothing\n";
    tell(*down);
    return brings_schema_back(down->reversibility.verdict) ? kClean : kFindings;
  }
  tell(*down);
  if (arguments.has("--write")) return write(*down, options.complete);
  std::cout << down->printed;
  if (down->path.empty()) {
    std::cerr << "no place for it: " << down->no_place << '\n';
  } else {
    std::cerr << "goes to " << shown_path(down->path) << '\n';
  }
  return brings_schema_back(down->reversibility.verdict) ? kClean : kFindings;
}

}  // namespace

Command generate_down_command() {
  return {"generate-down",
          "Write the down of a migration from the schema before it",
          {{"file", "The migration's file", Kind::kValue},
           {"--migration", "Which of several in the file: its version, or its class", Kind::kValue},
           {"--write", "Write it to where the layout wants it (default: print it)"},
           {"--complete", "Only add what the down that is there misses"},
           {"--keep-data", "Print an up that puts data aside, and the down that takes it back"},
           dialect_option(),
           dialect_version_option(),
           layout_option(),
           config_option(),
           environment_option()},
          run};
}

}  // namespace belay::cli

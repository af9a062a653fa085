#include "workbench/cpp/reader_process.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "analyzer/cpp/presets.h"
#include "support/ascii.h"
#include "support/file_system.h"

namespace belay::workbench {
namespace {

using runtime::CancellationToken;
using runtime::ChildProcess;

constexpr std::string_view kProgram = "belay-cpp-reader";

/// A file or folder beside this program, in one of the folders; empty where it is in none.
std::string beside_us(std::initializer_list<const char*> folders, std::string_view name) {
  std::error_code problem;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", problem);
  if (problem) return {};
  for (const char* folder : folders) {
    const auto path = (self.parent_path() / folder / name).lexically_normal();
    if (::access(path.c_str(), R_OK) == 0) return path;
  }
  return {};
}

Error not_installed(const std::string& source) {
  return {"C++ cannot be read: " + std::string(kProgram) + " is not installed", source,
          "it is built with Belay where Clang 19 is there (libclang-19-dev, libclang-cpp19-dev, "
          "llvm-19-dev)"};
}

/// Whether a literal begins as a statement does: functions that take SQL have names that many have.
bool holds_statement(std::string_view text) {
  constexpr std::string_view kVerbs[] = {"select", "insert", "update", "delete",
                                         "create", "alter",  "drop"};
  for (size_t at = text.find('"'); at != std::string_view::npos; at = text.find('"', at + 1)) {
    std::string_view rest = text.substr(at + 1);
    if (rest.starts_with('(')) rest.remove_prefix(1);  // R"(
    while (!rest.empty() && ascii::is_space(rest.front())) rest.remove_prefix(1);
    for (const std::string_view verb : kVerbs) {
      const bool begins = ascii::starts_with_ignoring_case(rest, verb);
      if (begins && rest.size() > verb.size() && ascii::is_space(rest[verb.size()])) return true;
    }
  }
  return false;
}

/// A pipe whose reader has died raises a signal, which is off while we write: for all threads.
Result<void> write_to(ChildProcess& process, const std::string& line) {
  static std::mutex one_at_a_time;
  const std::lock_guard<std::mutex> lock(one_at_a_time);
  return process.write(line);
}

}  // namespace

/// Beside this program, or where `cmake --install` puts what people do not call themselves. An
/// editor's extension brings `belay` alone, so that what is installed for the user counts, too.
std::string installed_cpp_reader() {
  std::string out = beside_us({".", "../libexec/belay"}, kProgram);
  return out.empty() ? runtime::find_program(std::string(kProgram)) : out;
}

std::string installed_headers() {
  const std::string header = beside_us({"../include"}, "belay/migrations.h");
  return std::string(path::parent(path::parent(header)));
}

Result<ReadSource> CppReader::read(const cpp::wire::Question& question,
                                   const CancellationToken& cancellation) {
  constexpr std::chrono::seconds kLongest{120};
  const std::string& source = question.request.path;
  if (program_.empty()) return not_installed(source);
  if (!process_) {
    ChildProcess::Request start;
    start.command = {program_};
    start.writes_input = start.reads_output = true;
    Result<ChildProcess> started = ChildProcess::start(start);
    if (!started) return std::move(started).error();
    process_.emplace(*std::move(started));
  }
  Result<std::optional<std::string>> line = std::optional<std::string>();
  if (write_to(*process_, cpp::wire::line_of(question))) {
    line = process_->read_line(cancellation, kLongest);
  }
  if (line && *line) {
    Result<cpp::Reading> reading = cpp::wire::reading_from(**line);
    if (!reading) return std::move(reading).error();
    // Where the compiler sees a file by another name than we do, its places are still ours.
    if (!reading->files.empty()) reading->files.front() = source;
    ReadSource out{question.request.text.value_or(""), *std::move(reading), false};
    const cpp::Request& request = question.request;
    out.is_meant = cpp::has_any(out.text, cpp::words_of(request.shapes)) ||
                   (request.outside_migrations && holds_statement(out.text) &&
                    cpp::has_any(out.text, cpp::words_of(request.functions)));
    return out;
  }
  std::string how = line ? std::string() : line.error().message;
  if (line) {
    const Result<void> ended = process_->wait();
    how = ended ? "it has ended" : ended.error().message;
  }
  process_.reset();
  if (cancellation.cancelled()) return Error{"cancelled", source, ""};
  return Error{"Clang has failed over this source: " + how, source,
               "its migrations are not checked; if `clang++ -fsyntax-only` reads it, this is a "
               "mistake of Belay's"};
}

CppReaders::CppReaders(const std::string& program, unsigned count) {
  if (count == 0) count = std::max(1U, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < count; ++i) readers_.push_back(std::make_unique<CppReader>(program));
}

std::vector<KnownSource> CppReaders::read(const std::vector<cpp::wire::Question>& questions,
                                          const CancellationToken& cancellation) {
  std::vector<KnownSource> out(questions.size());
  std::atomic<size_t> next = 0;
  const auto work = [&](CppReader& reader) {
    for (size_t i = next++; i < questions.size(); i = next++) {
      out[i] = std::make_shared<const Result<ReadSource>>(reader.read(questions[i], cancellation));
    }
  };
  const size_t count = std::min(readers_.size(), questions.size());
  std::vector<std::jthread> threads;
  for (size_t i = 1; i < count; ++i) {
    threads.emplace_back([&work, &reader = *readers_[i]] { work(reader); });
  }
  if (count > 0) work(*readers_[0]);
  threads.clear();
  return out;
}

}  // namespace belay::workbench

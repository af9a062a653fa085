// The floor is libpg_query's raw parse of the same scripts, a call for each; everything else is to
// be read as a multiple of it, from the same run.
#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <string>

#include "analyzer/sql/script.h"
#include "analyzer/text/splitter.h"
#include "analyzer/workspace.h"
#include "benchmarks/inputs.h"
#include "benchmarks/raw_parse.h"
#include "workbench/lint.h"

namespace belay::benchmarks {
namespace {

/// The scripts that `lint` reads as PostgreSQL's, by path.
std::map<std::string, std::string> scripts(const Input& input) {
  std::map<std::string, std::string> out;
  for (const auto& [path, text] : input.files.all()) {
    if (path.ends_with(".sql")) out.emplace(path, text);
  }
  return out;
}

size_t total_bytes(const std::map<std::string, std::string>& texts) {
  size_t out = 0;
  for (const auto& [path, text] : texts) out += text.size();
  return out;
}

void raw_parse_floor(benchmark::State& state, const Input* input) {
  const auto texts = scripts(*input);
  for (auto _ : state) {
    for (const auto& [path, text] : texts) {
      raw_parse(text);
    }
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * total_bytes(texts)));
}

size_t count_statements(std::string_view text) {
  Splitter splitter(text, Engine::kPostgres);
  Segment segment;
  size_t count = 0;
  while (splitter.next(segment)) ++count;
  return count;
}

void split(benchmark::State& state, const Input* input) {
  const auto texts = scripts(*input);
  for (auto _ : state) {
    for (const auto& [path, text] : texts) {
      benchmark::DoNotOptimize(count_statements(text));
    }
  }
}

void parse(benchmark::State& state, const Input* input) {
  const auto texts = scripts(*input);
  for (auto _ : state) {
    for (const auto& [path, text] : texts) {
      benchmark::DoNotOptimize(sql::parse_script(text, {0, static_cast<uint32_t>(text.size())},
                                                 {Engine::kPostgres, {}}, sql::Recovery::kExact,
                                                 nullptr));
    }
  }
}

/// All that `belay lint` does between reading the command line and printing.
void lint(benchmark::State& state, const Input* input) {
  workbench::LintOptions options;
  options.paths = {"/project"};
  for (auto _ : state) {
    Result<workbench::LintResult> result = workbench::lint(input->files, options);
    if (!result) return state.SkipWithError(result.error().message.c_str());
    benchmark::DoNotOptimize(result);
  }
}

void register_all() {
  for (const Input& input : inputs()) {
    const auto add = [&](const char* name, auto function) {
      benchmark::RegisterBenchmark((std::string(name) + "/" + input.name).c_str(), function, &input)
          ->Unit(benchmark::kMillisecond);
    };
    add("raw_parse", raw_parse_floor);
    add("split", split);
    add("parse", parse);
    add("lint", lint);
  }
}

}  // namespace
}  // namespace belay::benchmarks

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  belay::benchmarks::register_all();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

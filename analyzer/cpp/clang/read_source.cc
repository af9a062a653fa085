#include "analyzer/cpp/clang/read_source.h"

#include <utility>

#include "analyzer/cpp/clang/migration_classes.h"
#include "analyzer/cpp/clang/outside.h"
#include "analyzer/cpp/clang/sources.h"
#include "analyzer/cpp/clang/unit.h"

namespace belay::cpp {
namespace {

/// As the reading tells them.
std::vector<MethodSql> method_sql(const std::vector<Engine>& engines, SqlOnEngines found) {
  std::vector<MethodSql> out;
  for (size_t i = 0; i < found.size(); ++i) {
    MethodSql& method = out.emplace_back();
    method.engine = engines[i];
    for (FoundSql& one : found[i]) method.texts.push_back(std::move(one.sql));
  }
  return out;
}

Reading reading_of(Unit& unit, const Request& request, const BuilderSql* builder) {
  Reading out;
  out.errors = unit.errors();
  Sources sources(unit.context());
  // The file that was asked for is the first.
  const clang::SourceManager& manager = sources.manager();
  (void)sources.place(clang::SourceRange(manager.getLocForStartOfFile(manager.getMainFileID())));
  SqlFunctions functions(request.functions, manager, builder);
  const std::vector<clang::Decl*> declarations = unit.declarations();
  std::vector<FoundMigration> migrations =
      read_migrations(request, declarations, sources, functions);
  if (request.outside_migrations) {
    out.functions = read_functions(request, declarations, sources, functions, migrations);
  }
  for (FoundMigration& migration : migrations) {
    MigrationReading& reading = out.migrations.emplace_back(std::move(migration.reading));
    reading.up = method_sql(request.engines, std::move(migration.up));
    reading.down = method_sql(request.engines, std::move(migration.down));
  }
  out.files = sources.files;
  return out;
}

Reading not_understood(const Request& request) {
  Reading out;
  out.files.push_back(request.path);
  out.errors.emplace_back("the compiler does not take these arguments");
  return out;
}

}  // namespace

Reading read_source(const Request& request, const BuilderSql* builder) {
  const std::unique_ptr<Unit> unit = Unit::parse(request, false);
  return unit == nullptr ? not_understood(request) : reading_of(*unit, request, builder);
}

struct KeptSource::State {
  const BuilderSql* builder = nullptr;
  Request last;
  std::unique_ptr<Unit> unit;
  bool is_prepared = false;
};

KeptSource::KeptSource(const BuilderSql* builder) : state_(std::make_unique<State>()) {
  state_->builder = builder;
}
KeptSource::~KeptSource() = default;

Reading KeptSource::read(const Request& request) {
  State& state = *state_;
  const bool same = state.unit != nullptr && state.last.path == request.path &&
                    state.last.arguments == request.arguments &&
                    state.last.directory == request.directory;
  state.last = request;
  state.is_prepared = same && state.unit->parse_again(request);
  if (!state.is_prepared) state.unit = Unit::parse(request, true);
  return state.unit == nullptr ? not_understood(request)
                               : reading_of(*state.unit, request, state.builder);
}

void KeptSource::prepare() {
  State& state = *state_;
  if (state.unit == nullptr || state.is_prepared) return;
  state.is_prepared = state.unit->parse_again(state.last);
  if (!state.is_prepared) state.unit.reset();
}

}  // namespace belay::cpp

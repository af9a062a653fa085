#include <exception>
#include <utility>

#include <belay/migrations.h>

#include "support/ascii.h"

namespace belay {

using runtime::Connection;
using runtime::DownAdvice;
using runtime::MigrationScript;
using runtime::Script;

namespace {

/// The one place where what users' code throws becomes a value.
template <class Work>
Result<void> caught(const Work& work) {
  try {
    work();
    return {};
  } catch (const MigrationError& e) {
    return e.error();
  } catch (const std::exception& e) {
    return Error{e.what(), "", ""};
  } catch (...) {
    return Error{"it has thrown something that is no std::exception", "", ""};
  }
}

Script script_at(std::source_location place) {
  Script out;
  out.path = place.file_name();
  out.line = place.line();
  return out;
}

runtime::Program up_of(const MigrationFactory& factory) {
  return [factory](Connection& connection) {
    return caught([&] {
      Database db(connection);
      const std::unique_ptr<Migration> migration = factory();
      migration->up(db);
      migration->validate(db);
    });
  };
}

runtime::BatchedProgram batched(const DataMigration& migration, const MigrationFactory& factory) {
  DataMigration::Batches batches = migration.batches();
  runtime::BatchedProgram out;
  out.table = std::move(batches.table);
  out.key = std::move(batches.key);
  out.size = batches.size;
  out.pause = batches.pause;
  out.work = [factory](Connection& connection, const runtime::Batch& batch) {
    return caught([&] {
      Database db(connection);
      dynamic_cast<DataMigration&>(*factory()).process(db, batch);
    });
  };
  out.at_end = [factory](Connection& connection) {
    return caught([&] {
      Database db(connection);
      factory()->validate(db);
    });
  };
  return out;
}

}  // namespace

void DataMigration::up(Database& db) {
  const Batches how = batches();
  runtime::BatchOptions options;
  options.table = how.table;
  options.key = how.key;
  options.size = how.size;
  options.pause = how.pause;
  const auto done = runtime::run_in_batches(
      db.connection(), options, [&](Connection& connection, const runtime::Batch& batch) {
        return caught([&] {
          Database within(connection);
          process(within, batch);
        });
      });
  if (!done) throw MigrationError(done.error());
}

MigrationScript script_of(const MigrationFactory& factory, std::string_view class_name,
                          std::source_location place) {
  const std::unique_ptr<Migration> migration = factory();
  MigrationScript out;
  out.version = migration->version();
  const std::string description = migration->description();
  out.name = ascii::lower(ascii::slug(description.empty() ? class_name : description, '_'));
  out.id = out.version + "_" + out.name;
  out.dependencies = migration->dependencies();
  out.transaction = out.down_transaction = migration->in_transaction();
  out.up = script_at(place);
  if (const auto* data = dynamic_cast<const DataMigration*>(migration.get())) {
    out.up.batched = batched(*data, factory);
  } else {
    out.up.program = up_of(factory);
  }
  if (migration->backup_required()) {
    const std::string reason = migration->reason();
    out.up_touches = runtime::GuardAdvice{
        runtime::Guard::kDatabase, {}, {}, reason.empty() ? "it says that it needs one" : reason};
  }
  if (dynamic_cast<const SafelyReversible*>(migration.get()) == nullptr) return out;
  out.down = script_at(place);
  out.down->program = [factory](Connection& connection) {
    return caught([&] {
      Database db(connection);
      const std::unique_ptr<Migration> made = factory();
      dynamic_cast<SafelyReversible&>(*made).down(db);
    });
  };
  out.down_advice.verdict = DownAdvice::Verdict::kExact;
  out.down_advice.reason = "its author declares it safely reversible";
  return out;
}

MigrationRegistry& MigrationRegistry::instance() {
  static MigrationRegistry registry;
  return registry;
}

bool MigrationRegistry::add(std::string class_name, MigrationFactory factory,
                            std::source_location place) {
  entries_.push_back({std::move(class_name), std::move(factory), place});
  return true;
}

Result<std::vector<MigrationScript>> MigrationRegistry::all() const {
  std::vector<MigrationScript> out;
  for (const Entry& entry : entries_) {
    const Result<void> made =
        caught([&] { out.push_back(script_of(entry.factory, entry.class_name, entry.place)); });
    if (!made) {
      Error error = made.error();
      error.message = "the migration " + entry.class_name + " cannot be made: " + error.message;
      error.where = entry.place.file_name();
      return error;
    }
  }
  return out;
}

Result<std::vector<MigrationScript>> MigrationRegistry::scripts() const {
  Result<std::vector<MigrationScript>> found = all();
  return found ? in_order(*std::move(found)) : found;
}

}  // namespace belay

#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "runtime/migrations/schema/sqlite_schema.h"

namespace belay::builder {

void drop_object(Database& db, const StoredObject& object);

/// The views and triggers that SQLite can compile when this is made. A change must leave them so:
/// SQLite itself would only notice when somebody uses them.
class SoundObjects {
 public:
  explicit SoundObjects(Database& db) : db_(db), broken_before_(broken_objects(db)) {}

  /// Throws an error that names those that are broken now, or drops them. `gone` are the names that
  /// the change has taken away; `where` begins the error.
  void check(const std::string& where, const std::set<std::string>& gone, bool may_drop);

 private:
  std::vector<StoredObject> newly_broken(const std::set<std::string>& gone, std::string& why);

  Database& db_;
  std::map<StoredObject, std::string> broken_before_;
};

}  // namespace belay::builder

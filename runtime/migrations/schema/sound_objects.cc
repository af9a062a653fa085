#include "runtime/migrations/schema/sound_objects.h"

#include <algorithm>

#include "runtime/drivers/quote.h"
#include "support/ascii.h"

namespace belay::builder {

void drop_object(Database& db, const StoredObject& object) {
  db.execute("DROP " + ascii::upper(object.type) + " main." + runtime::quote_name(object.name));
}

std::vector<StoredObject> SoundObjects::newly_broken(const std::set<std::string>& gone,
                                                     std::string& why) {
  std::vector<StoredObject> all;
  std::vector<StoredObject> named;
  for (const auto& [object, message] : broken_objects(db_)) {
    if (broken_before_.contains(object)) continue;
    if (why.empty()) why = message;
    all.push_back(object);
    // Triggers of one event are compiled together: those that name what is gone are to blame.
    const bool to_blame = std::any_of(gone.begin(), gone.end(), [&](const std::string& name) {
      return text_mentions(object.sql, name);
    });
    if (to_blame) named.push_back(object);
  }
  return named.empty() ? all : named;
}

void SoundObjects::check(const std::string& where, const std::set<std::string>& gone,
                         bool may_drop) {
  std::string why;
  for (auto broken = newly_broken(gone, why); !broken.empty(); broken = newly_broken(gone, why)) {
    std::string names;
    for (const StoredObject& object : broken) {
      names += (names.empty() ? "" : ", ") + object.type + " `" + object.name + "`";
      if (may_drop) drop_object(db_, object);
    }
    if (may_drop) continue;
    throw MigrationError(where + " SQLite cannot use the " + names + ": " + why,
                         "drop that first and make it again afterwards; for what is dropped, say "
                         "Dependents::kDrop");
  }
}

}  // namespace belay::builder

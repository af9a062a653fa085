#include "analyzer/schema/replay/applier.h"

namespace belay::schema {

void Applier::refuse_dangling(const std::string& what, const std::vector<std::string>& relations,
                              const std::vector<std::string>& columns) {
  bool all_tables = true;
  for (const std::string& relation : relations) {
    if (!schema_.has_relation(relation)) {
      if (schema_.surely_absent(relation)) {
        return fail("SQLite reads " + what + " again, and there is no " + quoted(relation));
      }
      return may_fail("SQLite reads " + what + " again, which names " + quoted(relation));
    }
    const Table* table = schema_.table(relation);
    all_tables &= table != nullptr && table->complete;
  }
  for (const std::string& column : columns) {
    bool found = false;
    for (const std::string& relation : relations) {
      const Table* table = schema_.table(relation);
      found |= table != nullptr && table->column(column) != nullptr;
    }
    if (found) continue;
    const std::string why =
        "SQLite reads " + what + " again, which names a column `" + column + "` that is not there";
    // The name may be an alias, or come out of a view that is read.
    if (all_tables && relations.size() == 1 && columns.size() == 1) {
      fail(why);
    } else {
      may_fail(why);
    }
  }
}

void Applier::refuse_dangling_programs() {
  schema_.for_each_view([&](const std::string& key, const View& view) {
    refuse_dangling("the view " + quoted(key), view.relations, view.columns);
  });
  schema_.for_each_table([&](const std::string&, const Table& table) {
    for (const Trigger& t : table.triggers) {
      refuse_dangling("the trigger `" + t.name + "`", t.mentioned_relations, {});
    }
  });
}

}  // namespace belay::schema

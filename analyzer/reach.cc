#include "analyzer/reach.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "analyzer/workspace.h"
#include "support/ascii.h"

namespace belay {
namespace {

std::string_view bare(std::string_view key) { return key.substr(key.find('.') + 1); }

}  // namespace

void Reach::Names::add(std::string_view name) {
  if (name.empty()) return;  // an index without a name of its own
  const bool is_word = std::all_of(name.begin(), name.end(), ascii::is_word);
  if (is_word) {
    words.insert(ascii::lower(name));
  } else {
    odd.emplace(name);
  }
}

bool Reach::Names::stand_in(std::string_view text) const {
  std::string word;
  for (size_t i = 0; i < text.size() && !words.empty();) {
    const size_t begin = i;
    while (i < text.size() && ascii::is_word(text[i])) ++i;
    if (i == begin) {
      ++i;
      continue;
    }
    word = ascii::lower(text.substr(begin, i - begin));
    if (words.contains(word)) return true;
    // The first letter may belong to an escape.
    const bool is_escaped = begin > 0 && text[begin - 1] == '\\';
    if (is_escaped && words.contains(std::string_view(word).substr(1))) return true;
  }
  return std::any_of(odd.begin(), odd.end(), [&](const std::string& name) {
    // A name with quotes in it is written with doubled ones.
    return name.find('"') != std::string::npos || ascii::contains_ignoring_case(text, name);
  });
}

void Reach::go_on(const schema::Schema& was, const schema::Schema& is) {
  const schema::Schema::Difference difference = schema::Schema::difference(was, is);
  everything_ = difference.other;
  std::set<std::string> keys(difference.relations.begin(), difference.relations.end());
  if (keys != keys_ || everything_) {
    keys_ = std::move(keys);
    names_ = {};
    schemas_ = {};
    sources_.clear();
    for (const std::string& key : keys_) {
      names_.add(bare(key));
      schemas_.add(std::string_view(key).substr(0, key.find('.')));
    }
    if (!keys_.empty()) {
      for (const schema::Schema* schema : {&was, &is}) add_neighbours(*schema);
    }
  } else if (!keys_.empty()) {
    // The same relations differ; what is tied to them may have become more.
    for (const auto& [before, now] : {std::pair(&was_, &was), std::pair(&is_, &is)}) {
      bool has_more = false;
      schema::Schema::for_each_change(
          *before, *now, [&](const std::string& key, const schema::Object& object) {
            has_more |= std::holds_alternative<schema::View>(object) ||
                        std::holds_alternative<schema::Sequence>(object);
            const auto* table = std::get_if<schema::Table>(&object);
            if (table != nullptr) add_neighbours_of(key, *table);
          });
      if (has_more) add_neighbours(*now);
    }
  }
  was_ = was;
  is_ = is;
}

bool Reach::touches(const AnalyzedMigration& migration) const {
  if (everything_) return true;
  for (const auto* script : {&migration.up, &migration.down}) {
    if (*script && mentions((*script)->document.text())) return true;
  }
  return false;
}

bool Reach::mentions(std::string_view text) const {
  if (names_.stand_in(text)) return true;
  if (ascii::contains_ignoring_case(text, "u&\"")) return true;  // names in escapes
  // DROP SCHEMA takes tables away without a word of them.
  return ascii::contains_ignoring_case(text, "schema") && schemas_.stand_in(text);
}

void Reach::add_neighbours_of(const std::string& key, const schema::Table& table) {
  const bool differs = keys_.contains(key);
  if (differs) {
    for (const schema::Index& i : table.indexes) names_.add(i.name);
    for (const schema::Trigger& t : table.triggers) names_.add(t.name);
    if (!table.partition_of.empty()) names_.add(bare(table.partition_of));
  }
  for (const schema::Constraint& c : table.constraints) {
    if (c.referenced_table.empty()) continue;
    if (differs) names_.add(bare(c.referenced_table));
    if (keys_.contains(c.referenced_table)) names_.add(table.name);
  }
}

/// The relations that a view reads, and those behind the views among them: what drops them drops
/// it.
void Reach::add_sources(const schema::Schema& schema, const schema::View& view) {
  for (const std::string& relation : view.relations) {
    names_.add(bare(relation));
    if (!sources_.insert(relation).second) continue;
    if (const schema::View* source = schema.view(relation)) add_sources(schema, *source);
  }
}

void Reach::add_neighbours(const schema::Schema& schema) {
  schema.for_each_table(
      [&](const std::string& key, const schema::Table& table) { add_neighbours_of(key, table); });
  schema.for_each_sequence([&](const std::string& key, const schema::Sequence& sequence) {
    if (keys_.contains(sequence.owner_table)) names_.add(bare(key));
  });
  schema.for_each_view([&](const std::string& key, const schema::View& view) {
    if (keys_.contains(key)) add_sources(schema, view);
  });
}

}  // namespace belay

#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analyzer/schema/objects.h"
#include "analyzer/schema/persistent_map.h"
#include "analyzer/text/dialect.h"

/// The schema of a database at one point of a history, as far as its scripts tell.
namespace belay::schema {

/// A statement whose effect is not known, and that may have changed anything.
struct Uncertainty {
  Origin origin;
  std::string why;

  friend bool operator==(const Uncertainty&, const Uncertainty&) = default;
};

/// A schema. A value: copies are cheap and share what they have in common.
class Schema {
 public:
  explicit Schema(Dialect dialect);

  const Dialect& dialect() const { return dialect_; }

  /// Keys name objects across schemas: `schema.name`, with the default schema filled in.
  std::string key(const sql::QualifiedName& name) const;
  std::string key(std::string_view schema, std::string_view name) const;

  /// A key as people read it: without the schema where that is the default one.
  std::string display(std::string_view key) const;

  const Table* table(const sql::QualifiedName& name) const { return table(key(name)); }
  const Table* table(std::string_view key) const { return find<Table>(relations_, key); }
  const View* view(std::string_view key) const { return find<View>(relations_, key); }
  /// The table that an index belongs to, with the index's own name; null where it is not known.
  const Table* table_of_index(std::string_view index_key) const;
  const Sequence* sequence(std::string_view key) const { return find<Sequence>(relations_, key); }
  const UserType* type(std::string_view name) const;
  const UserType* type_at(std::string_view key) const { return find<UserType>(types_, key); }
  const Overloads* functions(const sql::QualifiedName& name) const {
    return find<Overloads>(functions_, key(name));
  }
  /// The first function of a name.
  const Function* function(const sql::QualifiedName& name) const;
  const OtherObject* other(std::string_view other_key) const {
    return find<OtherObject>(others_, other_key);
  }
  bool has_relation(std::string_view key) const { return relations_.find(key) != nullptr; }
  /// The key of an object that has no model of its own: its kind and name.
  static std::string other_key(sql::ObjectKind kind, std::string_view name);

  /// Whether the history took away what stood under that key.
  bool is_gone(std::string_view key) const {
    return uncertainties_.empty() && gone_.find(key) != nullptr;
  }
  /// The same, whatever else may have happened that is not known.
  bool was_dropped(std::string_view key) const {
    return relations_.find(key) == nullptr && gone_.find(key) != nullptr;
  }
  /// Whether nothing of that key can be there: it is gone, or the history tells of every object
  /// there is.
  bool surely_absent(std::string_view key) const;

  template <class Visit>
  void for_each_table(Visit visit) const {
    relations_.for_each([&](const std::string& key, const Object& object) {
      if (const auto* t = std::get_if<Table>(&object)) visit(key, *t);
    });
  }
  template <class Visit>
  void for_each_view(Visit visit) const {
    relations_.for_each([&](const std::string& key, const Object& object) {
      if (const auto* v = std::get_if<View>(&object)) visit(key, *v);
    });
  }

  template <class Visit>
  void for_each_sequence(Visit visit) const {
    relations_.for_each([&](const std::string& key, const Object& object) {
      if (const auto* s = std::get_if<Sequence>(&object)) visit(key, *s);
    });
  }
  template <class Visit>
  void for_each_function(Visit visit) const {
    functions_.for_each([&](const std::string& key, const Object& object) {
      for (const Function& f : std::get<Overloads>(object).functions) visit(key, f);
    });
  }
  template <class Visit>
  void for_each_type(Visit visit) const {
    types_.for_each([&](const std::string& key, const Object& object) {
      visit(key, std::get<UserType>(object));
    });
  }

  /// False where there is surely no view.
  bool may_have_views() const { return may_have_views_; }

  const std::vector<Uncertainty>& uncertainties() const { return uncertainties_; }

  /// The keys of relations that differ, in what they are or in that they are gone, and whether
  /// anything else does (types, functions, uncertainties, the default schema).
  struct Difference {
    std::vector<std::string> relations;
    bool other = false;

    bool empty() const { return relations.empty() && !other; }
  };
  static Difference difference(const Schema& a, const Schema& b);

  /// Calls `visit(in_a, in_b)` for every object that differs, either null where it is missing.
  template <class Visit>
  static void for_each_difference(const Schema& a, const Schema& b, Visit visit) {
    for (PersistentMap<Object> Schema::*map :
         {&Schema::relations_, &Schema::types_, &Schema::functions_, &Schema::others_}) {
      PersistentMap<Object>::for_each_difference(a.*map, b.*map, [&](const std::string& key) {
        visit(key, (a.*map).find(key), (b.*map).find(key));
      });
    }
  }

  /// Calls `visit(key, object)` for every relation of `b` that is another one than in `a`.
  template <class Visit>
  static void for_each_change(const Schema& a, const Schema& b, Visit visit) {
    PersistentMap<Object>::for_each_difference(a.relations_, b.relations_,
                                               [&](const std::string& key) {
                                                 const Object* now = b.relations_.find(key);
                                                 if (now != nullptr) visit(key, *now);
                                               });
  }

  // --- changes, made by Replay
  void put_relation(const std::string& key, Object object);
  /// The table of `key`, free to be changed; null where there is none.
  Table* own_table(std::string_view key) { return own<Table>(relations_, key); }
  View* own_view(std::string_view key) { return own<View>(relations_, key); }
  Sequence* own_sequence(std::string_view key) { return own<Sequence>(relations_, key); }
  UserType* own_type(std::string_view key) { return own<UserType>(types_, key); }
  Overloads* own_functions(std::string_view key) { return own<Overloads>(functions_, key); }
  OtherObject* own_other(std::string_view key) { return own<OtherObject>(others_, key); }
  void drop_relation(const std::string& key);
  /// That nothing of that key is there any more, though no migration made it.
  /// Takes over what of `other` is equal to our own, so that comparing the two, and what is made of
  /// them, costs what differs.
  void share_equal(const Schema& other);
  void note_dropped(const std::string& key) { gone_.set(key, std::make_shared<bool>(true)); }
  void put_type(const std::string& key, UserType type);
  void drop_type(const std::string& key);
  void put_function(const std::string& key, Function function);
  /// Drops the function of these arguments, or the only one of its name.
  void drop_function(const std::string& key, const std::string* arguments);
  void put_other(OtherObject object);
  void drop_other(const std::string& key);
  /// A script works with an object that no migration made: the history does not tell of all.
  void note_outside_object() { has_outside_objects_ = true; }
  void add_uncertainty(Uncertainty what) { uncertainties_.push_back(std::move(what)); }
  void set_default_schema(std::string name) { default_schema_ = std::move(name); }
  /// Takes the object of `key` over from another schema, or its absence.
  void copy_relation(const std::string& key, const Schema& from) {
    relations_.copy_from(from.relations_, key);
    gone_.copy_from(from.gone_, key);
    may_have_views_ |= from.may_have_views_;
  }
  /// The same for an object of any kind.
  void copy_object(const std::string& key, const Schema& from) {
    copy_relation(key, from);
    types_.copy_from(from.types_, key);
    functions_.copy_from(from.functions_, key);
    others_.copy_from(from.others_, key);
  }

 private:
  template <class T>
  static const T* find(const PersistentMap<Object>& map, std::string_view key) {
    const Object* object = map.find(key);
    return object == nullptr ? nullptr : std::get_if<T>(object);
  }

  template <class T>
  static T* own(PersistentMap<Object>& map, std::string_view key) {
    return find<T>(map, key) == nullptr ? nullptr : std::get_if<T>(map.own(key));
  }

  Dialect dialect_;
  std::string default_schema_;
  PersistentMap<Object> relations_;
  PersistentMap<Object> types_;
  PersistentMap<Object> functions_;
  PersistentMap<Object> others_;
  PersistentMap<bool> gone_;  ///< what the history made and took away
  bool has_outside_objects_ = false;
  std::vector<Uncertainty> uncertainties_;
  bool may_have_views_ = false;
};

/// The schema that names without one belong to: `public` for PostgreSQL, `main` for SQLite.
std::string_view default_schema(Engine engine);

}  // namespace belay::schema

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/hash.h"

namespace belay::schema {

/// A map from names to immutable objects whose copies share all that they have in common: copying
/// costs one pointer, changing one entry copies one of 64 buckets. A history of a thousand
/// migrations keeps the schema before each of them in little more than the memory of the last.
///
/// Readers on several threads may share copies; one copy is changed by one thread.
template <class T>
class PersistentMap {
 public:
  using Pointer = std::shared_ptr<T>;
  using Entry = std::pair<std::string, Pointer>;

  const T* find(std::string_view key) const {
    if (root_ == nullptr) return nullptr;
    const BucketPtr& bucket = (*root_)[slot(key)];
    if (bucket == nullptr) return nullptr;
    const auto at = lower_bound(*bucket, key);
    return at != bucket->end() && at->first == key ? at->second.get() : nullptr;
  }

  /// The object of `key`, shared with no other copy of the map and so free to be changed; null
  /// where there is none. Valid until the entry is set or erased.
  T* own(std::string_view key) {
    if (find(key) == nullptr) return nullptr;
    Pointer& object = lower_bound(own_bucket(key), key)->second;
    if (object.use_count() > 1) object = std::make_shared<T>(*object);
    return object.get();
  }

  /// Makes the entry of `key` what it is in `other`, and shares it.
  void copy_from(const PersistentMap& other, std::string_view key) {
    if (other.find(key) == nullptr) return erase(key);
    const Bucket& bucket = *(*other.root_)[slot(key)];
    set(key, lower_bound(bucket, key)->second);
  }

  void set(std::string_view key, Pointer object) {
    Bucket& bucket = own_bucket(key);
    const auto at = lower_bound(bucket, key);
    if (at != bucket.end() && at->first == key) {
      at->second = std::move(object);
    } else {
      bucket.insert(at, Entry(std::string(key), std::move(object)));
    }
  }

  void erase(std::string_view key) {
    if (find(key) == nullptr) return;
    Bucket& bucket = own_bucket(key);
    bucket.erase(lower_bound(bucket, key));
  }

  /// Takes over the objects of `other` that compare equal to ours, so that both share them.
  void share_equal(const PersistentMap& other) {
    if (root_ == nullptr || other.root_ == nullptr || root_ == other.root_) return;
    for (size_t i = 0; i < kSlots; ++i) {
      const BucketPtr& mine = (*root_)[i];
      const BucketPtr& theirs = (*other.root_)[i];
      if (mine == nullptr || theirs == nullptr || mine == theirs) continue;
      if (BucketPtr shared = with_equal(*mine, theirs)) own_root()[i] = std::move(shared);
    }
  }

  /// Calls `visit(key, object)` for every entry, in an order that depends on the keys alone.
  template <class Visit>
  void for_each(Visit visit) const {
    if (root_ == nullptr) return;
    for (const BucketPtr& bucket : *root_) {
      if (bucket == nullptr) continue;
      for (const Entry& entry : *bucket) visit(entry.first, *entry.second);
    }
  }

  /// Calls `visit(key)` for every key whose objects differ in `a` and `b`: one is missing, or they
  /// compare unequal. What the maps share is not looked at.
  template <class Visit>
  static void for_each_difference(const PersistentMap& a, const PersistentMap& b, Visit visit) {
    if (a.root_ == b.root_) return;
    static const Bucket kEmpty;
    for (size_t i = 0; i < kSlots; ++i) {
      const BucketPtr x = a.root_ == nullptr ? nullptr : (*a.root_)[i];
      const BucketPtr y = b.root_ == nullptr ? nullptr : (*b.root_)[i];
      if (x == y) continue;
      difference(x == nullptr ? kEmpty : *x, y == nullptr ? kEmpty : *y, visit);
    }
  }

 private:
  static constexpr size_t kSlots = 64;
  using Bucket = std::vector<Entry>;
  using BucketPtr = std::shared_ptr<Bucket>;
  using Root = std::array<BucketPtr, kSlots>;

  static size_t slot(std::string_view key) { return hash_bytes(key) % kSlots; }

  template <class B>
  static auto lower_bound(B& bucket, std::string_view key) {
    return std::lower_bound(bucket.begin(), bucket.end(), key,
                            [](const Entry& e, std::string_view k) { return e.first < k; });
  }

  Root& own_root() {
    if (root_ == nullptr) {
      root_ = std::make_shared<Root>();
    } else if (root_.use_count() > 1) {
      root_ = std::make_shared<Root>(*root_);
    }
    return *root_;
  }

  /// `mine` with the objects of `theirs` where they are equal, or `theirs` itself where all are;
  /// null where nothing is to be shared that is not.
  static BucketPtr with_equal(const Bucket& mine, const BucketPtr& theirs) {
    BucketPtr out;
    bool all = mine.size() == theirs->size();
    for (size_t i = 0; i < mine.size(); ++i) {
      const auto& [key, object] = mine[i];
      const auto other = lower_bound(*theirs, key);
      if (other == theirs->end() || other->first != key) {
        all = false;
      } else if (other->second != object && *other->second == *object) {
        if (out == nullptr) out = std::make_shared<Bucket>(mine);
        (*out)[i].second = other->second;
      } else if (other->second != object) {
        all = false;
      }
    }
    return all ? theirs : out;
  }

  /// The bucket of `key`, shared with no other copy.
  Bucket& own_bucket(std::string_view key) {
    BucketPtr& bucket = own_root()[slot(key)];
    if (bucket == nullptr) {
      bucket = std::make_shared<Bucket>();
    } else if (bucket.use_count() > 1) {
      bucket = std::make_shared<Bucket>(*bucket);
    }
    return *bucket;
  }

  template <class Visit>
  static void difference(const Bucket& a, const Bucket& b, Visit visit) {
    auto x = a.begin();
    auto y = b.begin();
    while (x != a.end() || y != b.end()) {
      if (y == b.end() || (x != a.end() && x->first < y->first)) {
        visit(x->first);
        ++x;
      } else if (x == a.end() || y->first < x->first) {
        visit(y->first);
        ++y;
      } else {
        if (x->second != y->second && !(*x->second == *y->second)) visit(x->first);
        ++x;
        ++y;
      }
    }
  }

  std::shared_ptr<Root> root_;
};

}  // namespace belay::schema

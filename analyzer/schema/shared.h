#pragma once

#include <memory>
#include <utility>

namespace belay::schema {

/// A value whose copies share it until one of them is edited. Reads like a `const T`. Copies may be
/// read on several threads; one is edited by one thread.
template <class T>
class Shared {
 public:
  Shared(T value) : value_(std::make_shared<T>(std::move(value))) {}

  operator const T&() const { return *value_; }
  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }

  /// The value, shared with no other copy.
  T& edit() {
    if (value_.use_count() > 1) value_ = std::make_shared<T>(*value_);
    return *value_;
  }

  friend bool operator==(const Shared& a, const Shared& b) {
    return a.value_ == b.value_ || *a.value_ == *b.value_;
  }

 private:
  std::shared_ptr<T> value_;
};

}  // namespace belay::schema

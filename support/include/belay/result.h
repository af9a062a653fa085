#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace belay {

/// What went wrong, told so that a person can act on it. Every error that a user can cause is one
/// of these values; exceptions stay at the edge of third-party code.
struct Error {
  /// What went wrong, and with what. One sentence without a full stop.
  std::string message;
  /// The place: a path, or `path:line:column` (both from 1). Empty where there is none.
  std::string where;
  /// What to do next. Empty where nothing useful can be said.
  std::string hint;

  /// `where: message (hint)`, on one line.
  std::string to_string() const {
    std::string out = where.empty() ? message : where + ": " + message;
    if (!hint.empty()) out += " (" + hint + ")";
    return out;
  }
};

/// A value or an `Error`. Test it before taking either.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(*-explicit-*)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(*-explicit-*)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

/// Success, or an `Error`.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(*-explicit-*)

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }

  const Error& error() const& { return *error_; }
  Error&& error() && { return *std::move(error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace belay

/// Returns the error of `expression` from the enclosing function, if it has one.
#define BELAY_TRY(expression)                                      \
  do {                                                             \
    if (auto belay_try_result = (expression); !belay_try_result) { \
      return std::move(belay_try_result).error();                  \
    }                                                              \
  } while (false)

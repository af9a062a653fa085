#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "analyzer/cpp/reading.h"

/// What is known of a C++ expression's value without running it.
namespace belay::cpp {

/// Bytes with their places; what is not known of them is a hole.
struct TextValue {
  std::string bytes;
  std::vector<Place> places;
  std::vector<Hole> holes;

  void append(const TextValue& other);
  /// One byte stands for what is not known.
  void append_hole(Place expression, std::string reason);
};

struct UnknownValue {
  Place expression;
  std::string reason;
};

struct Value;
using ListValue = std::vector<Value>;

struct Value {
  std::variant<UnknownValue, TextValue, int64_t, std::shared_ptr<const ListValue>> is;

  const TextValue* text() const { return std::get_if<TextValue>(&is); }
  TextValue* text() { return std::get_if<TextValue>(&is); }
  std::optional<int64_t> number() const {
    const auto* number = std::get_if<int64_t>(&is);
    return number == nullptr ? std::nullopt : std::optional(*number);
  }
  const UnknownValue* unknown() const { return std::get_if<UnknownValue>(&is); }
  const ListValue* list() const {
    const auto* list = std::get_if<std::shared_ptr<const ListValue>>(&is);
    return list == nullptr ? nullptr : list->get();
  }
  /// As a text, whatever it is: a number as its digits, what is not known as a hole.
  TextValue as_text(Place expression) const;
};

}  // namespace belay::cpp

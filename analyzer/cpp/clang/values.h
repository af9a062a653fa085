#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "analyzer/cpp/builder.h"
#include "analyzer/cpp/reading.h"

/// What is known of a C++ expression's value without running it.
namespace belay::cpp {

struct UnknownValue {
  Place expression;
  std::string reason;
  bool harmless = false;     ///< as of `Hole`
  bool from_source = false;  ///< as of `Hole`
  /// It is what a function that takes SQL returns: the place of its call.
  std::optional<Place> statement = std::nullopt;
};

/// Bytes with their places; what is not known of them is a hole.
struct TextValue {
  std::string bytes;
  std::vector<Place> places;
  std::vector<Hole> holes;

  void append(const TextValue& other);
  /// Bytes that all stand for one place.
  void append(std::string_view written, Place place);
  /// One byte stands for what is not known.
  void append_hole(const UnknownValue& unknown);
  /// The bytes from `begin` up to `end`, with the holes among them.
  TextValue slice(size_t begin, size_t end) const;
  bool is_whole() const { return holes.empty(); }
};

/// A table that the schema builder is told of, or what one of the steps has made of it.
struct BuilderObject {
  size_t description = 0;
  std::optional<size_t> step;  ///< none: the table itself

  friend bool operator==(const BuilderObject&, const BuilderObject&) = default;
};

/// A function that can be called later: its number with the interpreter.
struct FunctionValue {
  size_t number = 0;

  friend bool operator==(const FunctionValue&, const FunctionValue&) = default;
};

/// What a function of `belay::type` has made: its call.
using ColumnTypeValue = std::shared_ptr<const BuilderStep>;

struct Value;
using ListValue = std::vector<Value>;

struct Value {
  std::variant<UnknownValue, TextValue, int64_t, std::shared_ptr<const ListValue>, BuilderObject,
               FunctionValue, ColumnTypeValue>
      is;

  const TextValue* text() const { return std::get_if<TextValue>(&is); }
  TextValue* text() { return std::get_if<TextValue>(&is); }
  std::optional<int64_t> number() const {
    const auto* number = std::get_if<int64_t>(&is);
    return number == nullptr ? std::nullopt : std::optional(*number);
  }
  const UnknownValue* unknown() const { return std::get_if<UnknownValue>(&is); }
  UnknownValue* unknown() { return std::get_if<UnknownValue>(&is); }
  const ListValue* list() const {
    const auto* list = std::get_if<std::shared_ptr<const ListValue>>(&is);
    return list == nullptr ? nullptr : list->get();
  }
  const BuilderObject* builder_object() const { return std::get_if<BuilderObject>(&is); }
  const FunctionValue* function() const { return std::get_if<FunctionValue>(&is); }
  const ColumnTypeValue* column_type() const { return std::get_if<ColumnTypeValue>(&is); }
  /// Nothing from outside is in it that could bring SQL along.
  bool is_from_source() const;
  /// It cannot bring SQL along.
  bool is_harmless() const;
  /// As a text, whatever it is: a number as its digits, what is not known as a hole.
  TextValue as_text(Place expression) const;
};

inline Value text_value(TextValue text) { return {std::move(text)}; }
inline Value number_value(int64_t number) { return {number}; }
inline Value list_value(ListValue elements) {
  return {std::make_shared<const ListValue>(std::move(elements))};
}

/// Whether both are known and the same.
bool same_value(const Value& a, const Value& b);
/// Whether nothing has come between the two, whatever is known of them.
bool unchanged(const Value& before, const Value& now);

}  // namespace belay::cpp

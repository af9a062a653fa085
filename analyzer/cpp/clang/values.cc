#include "analyzer/cpp/clang/values.h"

#include <algorithm>
#include <utility>

namespace belay::cpp {

void TextValue::append(const TextValue& other) {
  const auto by = static_cast<uint32_t>(bytes.size());
  bytes += other.bytes;
  places.insert(places.end(), other.places.begin(), other.places.end());
  for (Hole hole : other.holes) {
    hole.range = hole.range.shifted(by);
    holes.push_back(std::move(hole));
  }
}

void TextValue::append(std::string_view written, Place place) {
  bytes += written;
  places.insert(places.end(), written.size(), place);
}

void TextValue::append_hole(const UnknownValue& unknown) {
  const auto at = static_cast<uint32_t>(bytes.size());
  bytes += '?';
  places.push_back(unknown.expression);
  holes.push_back(
      {{at, at + 1}, unknown.expression, unknown.reason, unknown.harmless, unknown.from_source});
}

TextValue TextValue::slice(size_t begin, size_t end) const {
  TextValue out;
  out.bytes = bytes.substr(begin, end - begin);
  out.places.assign(places.begin() + static_cast<ptrdiff_t>(begin),
                    places.begin() + static_cast<ptrdiff_t>(begin + out.bytes.size()));
  for (Hole hole : holes) {
    if (hole.range.begin < begin || hole.range.end > end) continue;
    hole.range.begin -= static_cast<uint32_t>(begin);
    hole.range.end -= static_cast<uint32_t>(begin);
    out.holes.push_back(std::move(hole));
  }
  return out;
}

bool Value::is_from_source() const {
  if (const TextValue* known = text()) {
    return std::all_of(known->holes.begin(), known->holes.end(),
                       [](const Hole& hole) { return hole.from_source || hole.harmless; });
  }
  return number().has_value() ||
         (unknown() != nullptr && (unknown()->from_source || unknown()->harmless));
}

bool Value::is_harmless() const {
  return number().has_value() || (unknown() != nullptr && unknown()->harmless);
}

TextValue Value::as_text(Place expression) const {
  if (const TextValue* known = text()) return *known;
  TextValue out;
  if (const auto known = number()) {
    out.append(std::to_string(*known), expression);
  } else if (const UnknownValue* why = unknown()) {
    out.append_hole(*why);
  } else {
    out.append_hole({expression, list() != nullptr ? "a list" : "an object"});
  }
  return out;
}

bool same_value(const Value& a, const Value& b) {
  if (a.text() != nullptr && b.text() != nullptr) {
    return a.text()->bytes == b.text()->bytes && a.text()->is_whole() && b.text()->is_whole();
  }
  return a.number() && a.number() == b.number();
}

bool unchanged(const Value& before, const Value& now) {
  if (before.text() != nullptr && now.text() != nullptr) {
    return before.text()->bytes == now.text()->bytes && before.text()->places == now.text()->places;
  }
  if (before.unknown() != nullptr && now.unknown() != nullptr) {
    return before.unknown()->reason == now.unknown()->reason &&
           before.unknown()->expression == now.unknown()->expression;
  }
  if (before.builder_object() != nullptr && now.builder_object() != nullptr) {
    return *before.builder_object() == *now.builder_object();
  }
  if (before.function() != nullptr && now.function() != nullptr) {
    return *before.function() == *now.function();
  }
  if (before.column_type() != nullptr && now.column_type() != nullptr) {
    return *before.column_type() == *now.column_type();
  }
  return before.list() != nullptr && before.list() == now.list();
}

}  // namespace belay::cpp

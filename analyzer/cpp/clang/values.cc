#include "analyzer/cpp/clang/values.h"

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

void TextValue::append_hole(Place expression, std::string reason) {
  const auto at = static_cast<uint32_t>(bytes.size());
  bytes += '?';
  places.push_back(expression);
  holes.push_back({{at, at + 1}, expression, std::move(reason)});
}

TextValue Value::as_text(Place expression) const {
  if (const TextValue* known = text()) return *known;
  TextValue out;
  if (const auto known = number()) {
    out.bytes = std::to_string(*known);
    out.places.assign(out.bytes.size(), expression);
    return out;
  }
  const UnknownValue* why = unknown();
  out.append_hole(why == nullptr ? expression : why->expression,
                  why == nullptr ? "a list" : why->reason);
  return out;
}

}  // namespace belay::cpp

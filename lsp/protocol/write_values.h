#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "lsp/protocol/types.h"
#include "lsp/transport/json_writer.h"

/// How the structures that stand in many messages are written.
namespace belay::lsp {

/// Runs `write` on a writer of a new text.
template <class Write>
std::string written(Write write) {
  std::string out;
  JsonWriter writer(out);
  write(writer);
  return out;
}

/// The same, within the braces of an object.
template <class Write>
std::string written_object(Write write) {
  return written([&](JsonWriter& w) {
    w.begin_object();
    write(w);
    w.end_object();
  });
}

/// An array with what `write` makes of each item.
template <class List, class Write>
void write_array(JsonWriter& w, const List& list, Write write) {
  w.begin_array();
  for (const auto& item : list) write(item);
  w.end_array();
}
template <class Item, class Write>
void write_array(JsonWriter& w, std::initializer_list<Item> list, Write write) {
  write_array<std::initializer_list<Item>>(w, list, write);
}

void write(JsonWriter& w, Position position);
void write(JsonWriter& w, PositionRange range);
void write(JsonWriter& w, const Location& location);
void write(JsonWriter& w, const Command& command);

}  // namespace belay::lsp

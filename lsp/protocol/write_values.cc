#include "lsp/protocol/write_values.h"

namespace belay::lsp {

void write(JsonWriter& w, Position p) {
  w.begin_object();
  w.member("line", int64_t{p.line});
  w.member("character", int64_t{p.character});
  w.end_object();
}

void write(JsonWriter& w, PositionRange range) {
  w.begin_object();
  w.key("start");
  write(w, range.start);
  w.key("end");
  write(w, range.end);
  w.end_object();
}

void write(JsonWriter& w, const Location& location) {
  w.begin_object();
  w.member("uri", location.uri);
  w.key("range");
  write(w, location.range);
  w.end_object();
}

void write(JsonWriter& w, const Command& command) {
  w.begin_object();
  w.member("title", command.title);
  w.member("command", command.command);
  if (!command.arguments.empty()) {
    w.key("arguments");
    w.raw(command.arguments);
  }
  w.end_object();
}

}  // namespace belay::lsp

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/schema/replay.h"

namespace belay::rollback {

/// A script in the making, and the schema behind what was written of it so far: each statement is
/// parsed and replayed as it is written, so that what a statement takes along is seen at once.
class Draft {
 public:
  Draft(schema::Schema start, uint32_t script_id) : script_id_(script_id), now_(std::move(start)) {}

  const schema::Schema& now() const { return now_; }

  /// Writes a statement, given without its semicolon.
  void write(const std::string& statement);
  /// Writes it if the model understands it and it surely does not fail.
  bool try_to_write(const std::string& statement);
  /// A line that begins with `-- `.
  void say(std::string_view comment);

  bool empty() const { return statements_ == 0; }
  const std::string& text() const { return text_; }

 private:
  /// The schema behind the statement; none where it fails.
  std::optional<schema::Schema> after(const std::string& statement) const;

  uint32_t script_id_;
  schema::Schema now_;
  std::string text_;
  uint32_t statements_ = 0;
};

}  // namespace belay::rollback

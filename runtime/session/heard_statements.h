#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/drivers/driver.h"

namespace belay::runtime {

/// What the statements that a program runs are about, by their words. A program may run one of them
/// a million times: its text is read once.
class HeardStatements {
 public:
  explicit HeardStatements(const Driver& driver) : driver_(driver) {}

  /// Adds what the statement does to the rows of whole tables. Returns whether it locks rows alone.
  bool hear(std::string_view sql, std::vector<TableEffect>& effects);

 private:
  struct Known {
    bool locks_rows = false;
    std::vector<TableEffect> effects;
  };
  const Known& look_up(std::string_view sql);

  const Driver& driver_;
  std::map<std::string, Known, std::less<>> known_;
};

}  // namespace belay::runtime

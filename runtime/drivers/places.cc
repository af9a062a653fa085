#include "runtime/drivers/places.h"

#include <utility>

#include "analyzer/text/line_table.h"
#include "support/ascii.h"

namespace belay::runtime {

std::string shortened(std::string_view statement) {
  constexpr size_t kMost = 400;
  statement = ascii::trim(statement);
  if (statement.size() <= kMost) return std::string(statement);
  return std::string(statement.substr(0, kMost / 2)) + " ... " +
         std::string(statement.substr(statement.size() - kMost / 2));
}

StatementPlace place_of(const Script& script, size_t offset) {
  const LineTable lines(script.sql);
  const Position at =
      lines.position_at(script.sql, static_cast<uint32_t>(offset), ColumnUnit::kUtf32);
  return {script.path, script.offset + static_cast<uint32_t>(offset), script.line + at.line,
          at.character + 1};
}

Error error_at(const Script& script, size_t offset, std::string message, std::string hint) {
  return {std::move(message), place_of(script, offset).to_string(), std::move(hint)};
}

}  // namespace belay::runtime

#include "runtime/batches/position.h"

#include "runtime/batches/key.h"
#include "runtime/io/json.h"

namespace belay::runtime {

std::string BatchPosition::to_text() const {
  return dump_json({{"table", table},
                    {"key", key},
                    {"end", key_text(end)},
                    {"last", key_text(last)},
                    {"batches", batches},
                    {"rows", rows}});
}

std::optional<BatchPosition> BatchPosition::read(std::string_view text) {
  const Json json = parse_json(text);
  const std::optional<Value> end = key_from_text(text_at(json, "end"));
  const std::optional<Value> last = key_from_text(text_at(json, "last"));
  if (!end || !last) return std::nullopt;
  BatchPosition out;
  out.table = text_at(json, "table");
  out.key = text_at(json, "key");
  out.end = *end;
  out.last = *last;
  out.batches = static_cast<uint64_t>(number_at(json, "batches"));
  out.rows = static_cast<uint64_t>(number_at(json, "rows"));
  return out;
}

}  // namespace belay::runtime

#include "runtime/drivers/quote.h"

namespace belay::runtime {

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out + quote;
}

std::string quote_name(std::string_view name) { return quoted(name, '"'); }

}  // namespace belay::runtime

#include "runtime/drivers/postgres/quote.h"

namespace belay::runtime::postgres {
namespace {

std::string doubled(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out + quote;
}

}  // namespace

std::string quote_name(std::string_view name) { return doubled(name, '"'); }

std::string oid_array(const std::vector<int64_t>& oids) {
  std::string out = "ARRAY[";
  for (const int64_t oid : oids) out += (out.back() == '[' ? "" : ",") + std::to_string(oid);
  return out + "]::oid[]";
}

std::string quote_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '\\') out += c;
  }
  const std::string quoted = doubled(out, '\'');
  return text.find('\\') == std::string_view::npos ? quoted : " E" + quoted;
}

}  // namespace belay::runtime::postgres

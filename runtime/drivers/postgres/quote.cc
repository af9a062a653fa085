#include "runtime/drivers/postgres/quote.h"

namespace belay::runtime::postgres {

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
  const std::string constant = runtime::quoted(out, '\'');
  return text.find('\\') == std::string_view::npos ? constant : " E" + constant;
}

}  // namespace belay::runtime::postgres

#include "runtime/drivers/postgres/catalog_queries.h"

namespace belay::runtime::postgres {

std::string complete(const CatalogQuery& query) {
  std::string out(query.sql);
  constexpr std::string_view kUser = "{user}";
  for (size_t at = out.find(kUser); at != std::string::npos; at = out.find(kUser, at)) {
    out.replace(at, kUser.size(), kUsersSchema);
  }
  constexpr std::string_view kOwn = "{own ";
  for (size_t at = out.find(kOwn); at != std::string::npos; at = out.find(kOwn, at)) {
    const size_t end = out.find('}', at);
    const size_t space = out.find(' ', at + kOwn.size());
    const std::string catalog = out.substr(at + kOwn.size(), space - at - kOwn.size());
    const std::string oid = out.substr(space + 1, end - space - 1);
    out.replace(at, end + 1 - at,
                "NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_catalog." + catalog +
                    "'::regclass AND x.objid = " + oid + " AND x.deptype = 'e')");
  }
  return out;
}

}  // namespace belay::runtime::postgres

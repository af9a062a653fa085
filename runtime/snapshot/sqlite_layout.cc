#include "runtime/snapshot/sqlite_layout.h"

#include "runtime/drivers/sqlite/inspect.h"

namespace belay::runtime::sqlite {
namespace {

constexpr const char* kPageSize = "page_size";
constexpr const char* kPages = "pages";
constexpr const char* kJournalMode = "journal_mode";
constexpr const char* kUserVersion = "user_version";
constexpr const char* kWithLog = "wal";
constexpr const char* kWithoutLog = "rollback";

}  // namespace

Result<Layout> read_layout(Connection& connection) {
  Layout layout;
  Result<int64_t> page_size = pragma_number(connection, "page_size");
  if (!page_size) return std::move(page_size).error();
  layout.page_size = static_cast<uint32_t>(*page_size);
  Result<int64_t> pages = pragma_number(connection, "page_count");
  if (!pages) return std::move(pages).error();
  layout.pages = static_cast<uint64_t>(*pages);
  Result<int64_t> user_version = pragma_number(connection, "user_version");
  if (!user_version) return std::move(user_version).error();
  layout.user_version = *user_version;
  Result<Rows> mode = connection.query("PRAGMA journal_mode");
  if (!mode) return std::move(mode).error();
  layout.has_log = mode->text() == "wal";
  return layout;
}

Json to_json(const Layout& layout) {
  return {{kPageSize, layout.page_size},
          {kPages, layout.pages},
          {kUserVersion, layout.user_version},
          {kJournalMode, layout.has_log ? kWithLog : kWithoutLog}};
}

Layout layout_from_json(const Json& json) {
  Layout layout;
  layout.page_size = static_cast<uint32_t>(number_at(json, kPageSize));
  layout.pages = static_cast<uint64_t>(number_at(json, kPages));
  layout.has_log = text_at(json, kJournalMode) == kWithLog;
  layout.user_version = number_at(json, kUserVersion);
  return layout;
}

}  // namespace belay::runtime::sqlite

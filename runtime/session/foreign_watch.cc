#include "runtime/session/foreign_watch.h"

#include <utility>

namespace belay::runtime {

Result<void> ForeignWatch::adopt(std::unique_ptr<Connection> connection) {
  connection_ = std::move(connection);
  Result<int64_t> version = driver_.others_version(*connection_);
  if (!version) return std::move(version).error();
  version_ = *version;
  return {};
}

Result<void> ForeignWatch::look() {
  if (connection_ == nullptr) return {};
  Result<int64_t> version = driver_.others_version(*connection_);
  if (!version) return std::move(version).error();
  if (*version != version_) note_foreign_commit();
  version_ = *version;
  return {};
}

void ForeignWatch::note_foreign_commit() {
  if (found_.certainty == ForeignWrites::Certainty::kSome) return;
  found_.certainty = ForeignWrites::Certainty::kSome;
  found_.details.emplace_back("transactions of others while migrations ran");
}

}  // namespace belay::runtime

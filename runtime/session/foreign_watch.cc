#include "runtime/session/foreign_watch.h"

#include <utility>

namespace belay::runtime {

Result<void> ForeignWatch::adopt(std::unique_ptr<Connection> connection) {
  connection_ = std::move(connection);
  Result<std::optional<int64_t>> version = driver_.others_version(*connection_);
  if (!version) return std::move(version).error();
  version_ = *version;
  clean_ = false;
  return {};
}

void ForeignWatch::adopt(std::unique_ptr<Connection> connection, std::optional<int64_t> since,
                         bool clean) {
  connection_ = std::move(connection);
  version_ = since;
  clean_ = clean;
}

std::unique_ptr<Connection> ForeignWatch::take(std::optional<int64_t>& since) {
  if (!clean_) return nullptr;
  since = version_;
  return std::move(connection_);
}

Result<bool> ForeignWatch::look() {
  if (connection_ == nullptr) return false;
  Result<std::optional<int64_t>> version = driver_.others_version(*connection_);
  if (!version) return std::move(version).error();
  const bool changed = *version != version_;
  if (changed) note_foreign_commit();
  version_ = *version;
  return !changed && version_.has_value();
}

void ForeignWatch::note_foreign_commit() {
  if (found_.certainty == ForeignWrites::Certainty::kSome) return;
  found_.certainty = ForeignWrites::Certainty::kSome;
  found_.details.emplace_back("transactions of others while migrations ran");
}

}  // namespace belay::runtime

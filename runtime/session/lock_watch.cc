#include "runtime/session/lock_watch.h"

#include <utility>

#include "runtime/io/clock.h"

namespace belay::runtime {

void LockWatch::begun() { add(driver_.locks_of_begin(), milliseconds_since_start()); }

Result<void> LockWatch::look(Connection& connection, int64_t since_ms) {
  if (!connection.in_transaction()) {
    ended();
    return {};
  }
  Result<std::vector<TableLock>> locks = driver_.table_locks(connection);
  if (!locks) return std::move(locks).error();
  add(*std::move(locks), since_ms);
  return {};
}

void LockWatch::add(std::vector<TableLock> locks, int64_t since_ms) {
  for (TableLock& lock : locks) {
    const auto [place, is_new] = now_.try_emplace(std::move(lock.table));
    if (is_new) place->second.ms = since_ms;
    std::string phrase = (place->first.empty() ? "the database" : place->first) + " " + lock.mode;
    if (told_.insert(phrase).second) news_.push_back(std::move(phrase));
    place->second.mode = std::move(lock.mode);
  }
}

std::vector<std::string> LockWatch::take_news() { return std::exchange(news_, {}); }

void LockWatch::ended() {
  news_.clear();
  told_.clear();
  for (auto& [table, lock] : std::exchange(now_, {})) {
    const int64_t ms = milliseconds_since_start() - lock.ms;
    const auto [place, is_new] = held_.try_emplace(table);
    if (is_new || ms > place->second.ms) place->second = {std::move(lock.mode), ms};
  }
}

std::vector<HeldLock> LockWatch::held() const {
  std::vector<HeldLock> out;
  for (const auto& [table, lock] : held_) out.push_back({table, lock.mode, lock.ms});
  return out;
}

}  // namespace belay::runtime

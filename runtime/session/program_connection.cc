#include "runtime/session/program_connection.h"

#include <utility>

#include "runtime/drivers/places.h"
#include "runtime/io/clock.h"

namespace belay::runtime {
namespace {

Error not_its_own() {
  return {"a migration neither opens nor ends the transaction that it runs in", "",
          "leave that to Belay; or let in_transaction() return false"};
}

}  // namespace

ProgramConnection::ProgramConnection(Connection& connection, bool in_transaction, Listener listener)
    : connection_(connection), keeps_transaction_(in_transaction), listener_(std::move(listener)) {}

template <class T>
Result<T> ProgramConnection::heard(std::string_view sql, const std::function<Result<T>()>& work) {
  const int64_t begun_ms = milliseconds_since_start();
  Result<T> result = work();
  if (result) changed_ += static_cast<uint64_t>(connection_.affected_rows());
  BELAY_TRY(listener_({sql, begun_ms, result.ok()}));
  if (result && keeps_transaction_ && !connection_.in_transaction()) {
    return Error{"`" + shortened(sql) + "` has ended the transaction that it runs in", "",
                 not_its_own().hint};
  }
  return result;
}

Result<void> ProgramConnection::run(const Script& script, uint32_t begin, uint32_t end,
                                    std::span<const Value> parameters) {
  return heard<void>(std::string_view(script.sql).substr(begin, end - begin),
                     [&] { return connection_.run(script, begin, end, parameters); });
}

Result<void> ProgramConnection::execute(std::string_view sql, std::span<const Value> parameters) {
  return heard<void>(sql, [&] { return connection_.execute(sql, parameters); });
}

Result<Rows> ProgramConnection::query(std::string_view sql, std::span<const Value> parameters) {
  return heard<Rows>(sql, [&] { return connection_.query(sql, parameters); });
}

Result<void> ProgramConnection::begin() {
  return keeps_transaction_ ? Result<void>(not_its_own()) : connection_.begin();
}

Result<void> ProgramConnection::commit() {
  return keeps_transaction_ ? Result<void>(not_its_own()) : connection_.commit();
}

Result<void> ProgramConnection::roll_back() {
  return keeps_transaction_ ? Result<void>(not_its_own()) : connection_.roll_back();
}

}  // namespace belay::runtime

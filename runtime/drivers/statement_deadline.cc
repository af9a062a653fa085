#include "runtime/drivers/statement_deadline.h"

#include <string>

#include "runtime/io/clock.h"

namespace belay::runtime {
namespace {

std::string seconds(std::chrono::milliseconds time) {
  constexpr int kThousand = 1000;
  std::string out = std::to_string(time.count() / kThousand);
  if (const auto rest = time.count() % kThousand; rest != 0) {
    out += "." + std::to_string(kThousand + rest).substr(1);
    while (out.back() == '0') out.pop_back();
  }
  return out + " s";
}

}  // namespace

StatementDeadline::Running::Running(StatementDeadline& deadline) : deadline_(deadline) {
  if (deadline.timeout_.count() > 0) {
    deadline.give_up_at_ = milliseconds_since_start() + deadline.timeout_.count();
  }
}

bool StatementDeadline::passed() const {
  return give_up_at_ > 0 && milliseconds_since_start() >= give_up_at_;
}

void StatementDeadline::explain(DatabaseError& error) const {
  error.message = "it ran for longer than " + seconds(timeout_) + ", and was stopped";
  error.hint =
      "give it more time (statement_timeout), or let it change fewer rows at once (-- belay:batch)";
  error.timed_out = true;
  error.cancelled = false;
  error.busy = false;
}

}  // namespace belay::runtime

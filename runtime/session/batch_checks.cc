#include "runtime/session/batch_checks.h"

#include <string_view>

#include <belay/batches.h>

#include "runtime/drivers/places.h"
#include "support/ascii.h"

namespace belay::runtime {
namespace {

/// Whether what still runs before `statement` says the table's name, in whatever way.
bool is_named_before(std::span<const MigrationJob> jobs, const PlannedStatement& statement) {
  const std::string name = name_parts(statement.batch->table).back();
  for (const MigrationJob& job : jobs) {
    const bool last = &job == &jobs.back();
    if (!last && job.script().is_program()) return true;  // nobody knows what it names
    const std::string_view text = job.script().sql;
    const bool resumed = !job.plan.one_transaction && job.resume_at < job.plan.body.size();
    const size_t begin = resumed ? job.plan.body[job.resume_at].begin : 0;
    const size_t end = last ? statement.batch->range.begin : text.size();
    if (begin < end && ascii::contains_ignoring_case(text.substr(begin, end - begin), name)) {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<void> check_batch_keys(Connection& connection, std::span<const MigrationJob> jobs) {
  const MigrationJob& job = jobs.back();
  for (size_t i = job.resume_at; i < job.plan.body.size(); ++i) {
    const PlannedStatement& statement = job.plan.body[i];
    if (!statement.batch || is_named_before(jobs, statement)) continue;
    Result<void> fit = check_batch_key(connection, statement.batch->table, statement.batch->key);
    if (fit) continue;
    if (connection.last_error().busy) return fit;
    Error error = std::move(fit).error();
    return error_at(job.script(), statement.batch->range.begin, error.message + "; nothing was run",
                    std::move(error.hint));
  }
  return {};
}

}  // namespace belay::runtime

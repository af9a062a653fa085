#include "runtime/session/guard_choice.h"

namespace belay::runtime {

GuardChoice guard_of_begin(const std::optional<GuardAdvice>& advice, bool database_exists) {
  if (!database_exists) {
    return {Guard::kDatabase, "there is no database yet; a rollback removes it again"};
  }
  if (advice && advice->guard != Guard::kDatabase) {
    return {Guard::kDatabase, "the guard `" + std::string(guard_name(advice->guard)) +
                                  "` would do; the whole database is guarded, which is more"};
  }
  return {Guard::kDatabase, "a copy of the whole database brings back whatever a migration does"};
}

}  // namespace belay::runtime

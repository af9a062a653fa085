#pragma once

#include <vector>

#include "analyzer/rules/rule.h"

/// The list of rules. `scripts/new-rule.sh ID` adds a line here, a stub of the rule's source and
/// its test. The order is that of their ids.
#define BELAY_RULES(X)                 \
  X(add_column_nonconstant_default)    \
  X(add_not_null_without_default)      \
  X(add_required_column)               \
  X(alter_column_type)                 \
  X(attribute_lost)                    \
  X(backup_declined)                   \
  X(bad_batch_mark)                    \
  X(bad_dependency)                    \
  X(bad_file_name)                     \
  X(bad_mark)                          \
  X(check_not_valid_missing)           \
  X(client_command)                    \
  X(concurrently_in_transaction)       \
  X(delete_without_where)              \
  X(down_drops_what_up_did_not_create) \
  X(down_fails)                        \
  X(down_ignores_later_migrations)     \
  X(down_in_wrong_order)               \
  X(down_not_transactional)            \
  X(down_restores_shape_not_data)      \
  X(down_takes_stronger_lock)          \
  X(down_throws)                       \
  X(down_without_up)                   \
  X(drop_column)                       \
  X(drop_column_in_use)                \
  X(drop_index_not_concurrent)         \
  X(drop_parent_cascades)              \
  X(drop_table)                        \
  X(duplicate_version)                 \
  X(fake_down)                         \
  X(fk_not_valid_missing)              \
  X(guessed_constraint_name)           \
  X(ill_formed_text)                   \
  X(incomplete_down)                   \
  X(index_not_concurrent)              \
  X(irreversible_not_declared)         \
  X(ledger_by_hand)                    \
  X(lock_timeout_missing)              \
  X(missing_down)                      \
  X(missing_file)                      \
  X(missing_semicolon)                 \
  X(not_null_after_the_fact)           \
  X(not_safely_reversible)             \
  X(pragma_fk_inside_transaction)      \
  X(rebuild_loses_objects)             \
  X(rebuild_shifts_columns)            \
  X(rename_column)                     \
  X(rename_table)                      \
  X(set_not_null)                      \
  X(source_not_understood)             \
  X(suppression_without_reason)        \
  X(syntax_error)                      \
  X(truncate)                          \
  X(truncate_cascade)                  \
  X(unchecked_input)                   \
  X(uncommitted_begin)                 \
  X(unique_constraint_direct)          \
  X(unknown_rule)                      \
  X(unknown_version)                   \
  X(unreadable_file)                   \
  X(unregistered_migration)            \
  X(unsupported_dialect)               \
  X(unused_suppression)                \
  X(update_without_where)              \
  X(volatile_default)

namespace belay::rules {

#define BELAY_DECLARE_RULE(name) Rule make_##name();
BELAY_RULES(BELAY_DECLARE_RULE)
#undef BELAY_DECLARE_RULE

inline std::vector<Rule> registered_rules() {
  std::vector<Rule> rules;
#define BELAY_ADD_RULE(name) rules.push_back(make_##name());
  BELAY_RULES(BELAY_ADD_RULE)
#undef BELAY_ADD_RULE
  return rules;
}

}  // namespace belay::rules

#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "analyzer/rollback/data_loss.h"
#include "analyzer/rollback/reversibility.h"
#include "analyzer/rules/descriptor.h"
#include "analyzer/rules/finding.h"
#include "analyzer/rules/script.h"
#include "analyzer/schema/replay.h"

namespace belay::rules {

class Report;

/// A finding while a rule fills it in.
class FindingBuilder {
 public:
  explicit FindingBuilder(Finding& finding) : finding_(finding) {}

  FindingBuilder& related(Place place, std::string message) {
    finding_.related.push_back({std::move(place), std::move(message)});
    return *this;
  }
  /// The statement that it is about, of its script's document, where it stands elsewhere.
  FindingBuilder& about(ByteRange statement) {
    finding_.statement = statement;
    return *this;
  }
  /// A fix in the finding's own file; ranges are the document's.
  FindingBuilder& fix(std::string title, std::vector<TextEdit> edits) {
    finding_.fixes.push_back({std::move(title), finding_.place.path, std::move(edits)});
    return *this;
  }
  FindingBuilder& effect(const effects::Effect& effect) {
    finding_.effect = effect;
    return *this;
  }
  /// Weakens a finding of which less is certain than of others of its rule.
  FindingBuilder& at_most(Severity severity) {
    finding_.severity = std::min(finding_.severity, severity);
    return *this;
  }

 private:
  Finding& finding_;
};

/// Where rules put what they find. Knows which rule is speaking.
class Report {
 public:
  Report(const Descriptor& rule, Severity severity, std::vector<Finding>& out)
      : rule_(rule), severity_(severity), out_(out) {}

  /// About a part of the statement that is being checked; `range` counts within the statement. The
  /// operation's effect goes along.
  FindingBuilder at(const Context& context, ByteRange range, std::string message);
  /// About a place of the script's document.
  FindingBuilder at(const ScriptContext& script, ByteRange document_range, std::string message);
  /// About a file.
  FindingBuilder at(Place place, std::string message);

 private:
  const Descriptor& rule_;
  Severity severity_;
  std::vector<Finding>& out_;
};

/// What the linter knows of a script once it has gone through it: for rules that look at the whole.
struct ScriptTrace {
  struct Step {
    uint32_t statement = 0;
    uint32_t operation = 0;
    SessionState session;  ///< before the operation
    effects::Effect effect;
    std::vector<rollback::DataLoss> losses;
    /// Why it stops with an error.
    std::optional<schema::Failure> failure;
  };
  /// One for each operation, in order.
  std::vector<Step> steps;
  SessionState end;
};

/// A migration once both of its scripts were gone through: for rules about the pair.
struct MigrationContext {
  const ScriptContext& up;
  const ScriptContext* down = nullptr;  ///< null where there is none
  const ScriptTrace& up_trace;
  const ScriptTrace* down_trace = nullptr;
  const schema::Schema& before;
  const schema::Schema& after_up;
  const schema::Schema& after_down;
  const rollback::Reversibility& reversibility;

  /// The script of a direction; it must be there.
  const ScriptContext& script(project::Direction direction) const {
    return direction == project::Direction::kUp ? up : *down;
  }
  /// A statement of one of the scripts, as a range of its document.
  ByteRange range_of(const rollback::RunPlace& place) const {
    return script(place.direction).script.statements[place.statement].range;
  }
  Place place_of(const rollback::RunPlace& place) const {
    return {script(place.direction).location.path, range_of(place)};
  }
  /// Where an object was made or changed last, if one of the two scripts did it.
  std::optional<rollback::RunPlace> made_by(const schema::Origin& origin) const {
    const bool by_up = origin.script == up.script_id();
    const bool by_down = down != nullptr && origin.script == down->script_id();
    if (!by_up && !by_down) return std::nullopt;
    return rollback::RunPlace{by_up ? project::Direction::kUp : project::Direction::kDown,
                              origin.statement};
  }
};

/// A history once all of its scripts were gone through: for rules about the whole of it.
struct HistoryContext {
  struct Step {
    const schema::Schema& before;
    const schema::Schema& after;
    const schema::Schema& after_down;
    std::optional<ScriptContext> up;
    std::optional<ScriptContext> down;
    const rollback::Reversibility& reversibility;
  };
  const project::MigrationSet& set;
  /// One for each migration of `set`, in its order.
  std::vector<Step> migrations;

  /// The statement that made or changed something; none where its script is not there.
  std::optional<Place> place_of(const schema::Origin& origin) const {
    if (origin.migration() >= migrations.size()) return std::nullopt;
    const Step& step = migrations[origin.migration()];
    const std::optional<ScriptContext>& script = origin.script % 2 == 0 ? step.up : step.down;
    if (!script || origin.statement >= script->script.statements.size()) return std::nullopt;
    return Place{script->location.path, script->script.statements[origin.statement].range};
  }
};

using OperationCheck = void (*)(const Context&, Report&);
using ScriptCheck = void (*)(const ScriptContext&, const ScriptTrace&, Report&);
/// What it says of the up's file goes to the first report, of the down's file to the second.
using MigrationCheck = void (*)(const MigrationContext&, Report& up, Report& down);
using HistoryCheck = void (*)(const HistoryContext&, Report&);

/// A rule: its descriptor and its checks. A rule is a value without state.
struct Rule {
  const Descriptor* descriptor = nullptr;
  /// By the index of the operation in `sql::OperationData`.
  std::vector<std::pair<size_t, OperationCheck>> operation_checks = {};
  ScriptCheck script_check = nullptr;
  HistoryCheck history_check = nullptr;
  MigrationCheck migration_check = nullptr;

  std::string_view id() const { return descriptor->id; }
};

namespace internal {

template <class T, class Variant>
struct IndexOf;
template <class T, class... Rest>
struct IndexOf<T, std::variant<T, Rest...>> {
  static constexpr size_t value = 0;
};
template <class T, class First, class... Rest>
struct IndexOf<T, std::variant<First, Rest...>> {
  static constexpr size_t value = 1 + IndexOf<T, std::variant<Rest...>>::value;
};

}  // namespace internal

/// The index of an operation type in `sql::OperationData`.
template <class Op>
inline constexpr size_t kOperationIndex = internal::IndexOf<Op, sql::OperationData>::value;

/// `on<sql::DropTable, check>()`: `check(const sql::DropTable&, const Context&, Report&)` is called
/// for each such operation.
template <class Op, void (*Check)(const Op&, const Context&, Report&)>
std::pair<size_t, OperationCheck> on() {
  return {kOperationIndex<Op>, [](const Context& context, Report& report) {
            Check(*context.operation.as<Op>(), context, report);
          }};
}

/// Every rule, sorted by id. Made once, never changed.
const std::vector<Rule>& all_rules();
/// The number of a rule in `all_rules`; none for an unknown id.
std::optional<size_t> rule_index(std::string_view id);
/// The known id that is nearest to a misspelt one; empty where none is near.
std::string_view nearest_rule(std::string_view id);

}  // namespace belay::rules

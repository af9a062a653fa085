#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workbench/sessions.h"

/// What a run has to be allowed by, before it changes a database. One function decides it for every
/// face of Belay; the faces only ask.
namespace belay::workbench {

/// What a run would do, as far as it matters for asking.
struct RunFacts {
  std::string command;        ///< `apply`, `rollback`, `down`
  std::string url;            ///< without password
  std::string database_name;  ///< what a person types
  std::string environment;    ///< empty where none counts
  project::EnvironmentKind kind = project::EnvironmentKind::kDevelopment;
  project::ConfirmWhen confirm = project::ConfirmWhen::kNever;
  /// A snapshot brings everything back.
  bool guarded = true;
  /// What will be lost, a phrase each, with whatever is not known for sure.
  std::vector<std::string> losses;
};

/// What the person who started the run has said already.
struct Permission {
  bool can_answer = false;  ///< somebody sits there and can be asked
  bool yes = false;         ///< `--yes`
  bool production = false;  ///< `--production`: treat it as production, whatever it is called
};

struct Confirmation {
  enum class How : uint8_t {
    kNone,      ///< go on
    kYes,       ///< ask `question`; go on at yes
    kTypeName,  ///< ask `question`; go on where `expected` is typed
    kRefused,   ///< nobody can be asked, and what was said does not suffice
  };
  How how = How::kNone;
  /// What would run where, and what it will lose; ends with a line end.
  std::string about;
  std::string question;  ///< the same, and what is to be answered
  std::string expected;
  Error refusal;  ///< for kRefused
};

Confirmation confirmation_for(const RunFacts& run, const Permission& permission);

/// What the command would run on: the kind of its environment, the name of its database.
RunFacts facts_of(const SessionTarget& target, std::string command);

/// The same of those commands that may have to be confirmed, with what each will lose.
RunFacts apply_facts(const SessionTarget& target, const runtime::StatusReport& status,
                     const ApplyRequest& request);
RunFacts rollback_facts(const SessionTarget& target, const Result<runtime::StatusReport>& status);
RunFacts down_facts(const SessionTarget& target, std::string command,
                    const runtime::DownPlanReport& plan);
RunFacts restore_facts(const SessionTarget& target);

/// What those migrations, given by their ids, destroy: `the values of users.phone (0042_x)`. One
/// that was not analysed, or decides as it runs, is told as such.
std::vector<std::string> losses_of(const SessionTarget& target,
                                   const std::vector<std::string>& migrations);
/// Of the pending ones those that an apply would run.
std::vector<std::string> wanted_of(const SessionTarget& target,
                                   const std::vector<std::string>& pending,
                                   const ApplyRequest& request);

}  // namespace belay::workbench

#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <belay/result.h>

/// How a command of the program is described and called. Only main.cc knows the library that reads
/// the command line, so that commands stay quick to compile and to read.
namespace belay::cli {

/// What `belay` answers the shell with.
enum ExitCode : int {
  kClean = 0,
  kFindings = 1,  ///< findings at or over the level; for other commands: it was refused or failed
  kUsage = 2,     ///< the command line or the configuration is wrong
  kInternal = 3,  ///< a mistake of ours
};

struct OptionSpec {
  enum class Kind : uint8_t {
    kFlag,
    kValue,
    kValues,    ///< as many as follow
    kRepeated,  ///< one, and the option may be given again
  };

  std::string_view name;  ///< `--format`, or `path` for a positional argument
  std::string_view description;
  Kind kind = Kind::kFlag;
  std::string_view default_value = {};
  /// The values that are allowed; any where empty.
  std::vector<std::string_view> choices = {};
};

/// What a command was called with. Every option of its spec is there.
class Arguments {
 public:
  void set(std::string_view name, std::vector<std::string> values) {
    values_[std::string(name)] = std::move(values);
  }
  bool has(std::string_view name) const { return !values(name).empty(); }
  std::string value(std::string_view name) const {
    return has(name) ? values(name).back() : std::string();
  }
  const std::vector<std::string>& values(std::string_view name) const {
    static const std::vector<std::string> kNone;
    const auto found = values_.find(name);
    return found == values_.end() ? kNone : found->second;
  }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

struct Command {
  std::string_view name;
  std::string_view description;
  std::vector<OptionSpec> options;
  int (*run)(const Arguments&) = nullptr;
};

/// One function for each command, each in a file of its own.
Command lint_command();
Command rules_command();
Command explain_command();
Command adopt_command();
Command begin_command();
Command apply_command();
Command fresh_command();
Command new_command();
Command commit_command();
Command restore_command();
Command rollback_command();
Command status_command();
Command plan_command();
Command pending_command();
Command doctor_command();
Command down_command();
Command redo_command();
Command history_command();
Command show_command();
Command snapshots_command();
Command check_command();
Command verify_schema_command();
Command baseline_command();
Command repair_command();
Command verdict_command();
Command generate_down_command();
Command verify_command();
Command config_schema_command();
Command rehearse_command();
#ifdef BELAY_WITH_LSP
Command lsp_command();
#endif

/// Options that several commands share.
OptionSpec config_option();
OptionSpec environment_option();

/// Tells an error the way all commands do, on standard error. Returns `code`.
int fail(const Error& error, ExitCode code);

}  // namespace belay::cli

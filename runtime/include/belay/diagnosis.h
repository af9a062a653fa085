#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <belay/report.h>

/// Whether sessions can work on a database, before one is needed.
namespace belay::runtime {

struct Finding {
  enum class Level : uint8_t {
    kGood,
    kNote,     ///< worth knowing
    kWarning,  ///< some commands will be slow, wait, or be refused
    kProblem,  ///< sessions cannot work
  };
  Level level = Level::kGood;
  std::string topic;  ///< `connection`, `rights`, `space`, ...
  std::string text;   ///< a sentence without its full stop
  std::string hint;   ///< what to do; empty where nothing is to be done
};
/// `good`, `note`, `warning`, `problem`.
std::string_view level_name(Finding::Level level);

struct DiagnosisReport : Report {
  std::vector<Finding> findings;

  /// No problem among them.
  bool sound() const;
};

}  // namespace belay::runtime

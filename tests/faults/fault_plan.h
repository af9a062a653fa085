#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/io/fault.h"

namespace belay::testing {

/// What a disk would hold after a power cut: of every file what was last synced, of every directory
/// the names that were there when it was last synced.
class DurableDisk {
 public:
  enum class Names : uint8_t {
    kAsSynced,       ///< what was not synced is lost, names too
    kSurvive,        ///< names came through, what was not synced of the files' content did not
    kDatabaseFirst,  ///< so did what was written to databases, before what was written to others
    kPieces,  ///< the same, and of what was added to the journal only the later half came through
  };

  /// All that is below `root` now counts as synced.
  explicit DurableDisk(std::string root);

  void synced_file(const std::string& path);
  void synced_directory(const std::string& path);
  /// Writes the disk as it would be found to the directory `target`.
  void write_to(const std::string& target, Names names) const;

 private:
  using Inode = uint64_t;

  std::string root_;
  std::map<Inode, std::string> contents_;
  std::map<std::string, std::map<std::string, Inode>> directories_;
};

/// The first step behind each change of something: between two of them a death leaves the same.
struct ChangeSteps {
  uint64_t count = 0;
  std::array<uint32_t, 8192> steps;

  void add(uint64_t step) {
    if (count < steps.size()) steps[count++] = static_cast<uint32_t>(step);
  }
  /// The first step of all, and those behind each change.
  std::vector<uint64_t> to_try() const;
};

/// When a command changed what a killed process leaves, and what a power cut leaves: of several
/// writes to a file before its next sync only the first changes that, by the file's time.
struct ChangeLog {
  ChangeSteps kill;
  ChangeSteps power_cut;
};

/// Counts the runtime's fault points and lets the world fail at one of them.
class FaultPlan : public runtime::fault::Hook {
 public:
  enum class Kind : uint8_t {
    kNone,      ///< only counts
    kKill,      ///< SIGKILL
    kHold,      ///< SIGSTOP, until somebody sends SIGCONT
    kPowerCut,  ///< leaves what the disk would hold beside `root`, and exits
    kError,     ///< the operation fails
    kErrors,    ///< it and all that write after it fail
  };
  static constexpr int kPowerCutExit = 77;

  FaultPlan(Kind kind, uint64_t step, int error) : kind_(kind), step_(step), error_(error) {}
  /// For a power cut: what lies below `root` is the disk.
  FaultPlan(DurableDisk::Names names, uint64_t step, const std::string& root)
      : kind_(Kind::kPowerCut), step_(step), names_(names), root_(root), disk_(root) {}

  int before(runtime::fault::Operation operation, std::string_view path,
             std::string_view other) override;
  void after(runtime::fault::Operation operation, std::string_view path,
             std::string_view other) override;

  uint64_t passed() const { return passed_; }
  /// Counts in `log`, which may lie in memory shared with the parent, who reads it after the death.
  void count_in(ChangeLog* log) { log_ = log; }
  /// Where it failed: `write /path`.
  const std::string& place() const { return place_; }

  static std::string image_of(const std::string& root) { return root + ".after-power-cut"; }

 private:
  using Operation = runtime::fault::Operation;

  bool is_the_step();
  void end_process() const;
  void follow(Operation operation, const std::string& path);
  void count_change(Operation operation, const std::string& path);

  Kind kind_;
  uint64_t step_;
  int error_ = 0;
  DurableDisk::Names names_ = DurableDisk::Names::kAsSynced;
  std::string root_;
  std::optional<DurableDisk> disk_;
  uint64_t passed_ = 0;
  ChangeLog* log_ = nullptr;
  std::set<std::string> unsynced_;
  bool failing_ = false;
  std::string place_;
};

/// Lets something happen at one of the runtime's fault points, before an operation or behind it.
/// The operation itself is done.
class AtStep : public runtime::fault::Hook {
 public:
  AtStep(uint64_t step, std::function<void()> happens)
      : step_(step), happens_(std::move(happens)) {}

  int before(runtime::fault::Operation operation, std::string_view path,
             std::string_view other) override;
  void after(runtime::fault::Operation operation, std::string_view path,
             std::string_view other) override;

  uint64_t passed() const { return passed_; }

 private:
  uint64_t step_;
  std::function<void()> happens_;
  uint64_t passed_ = 0;
};

}  // namespace belay::testing

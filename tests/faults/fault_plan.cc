#include "tests/faults/fault_plan.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <filesystem>

#include "tests/runtime/test_database.h"

namespace belay::testing {
namespace {

namespace fs = std::filesystem;

uint64_t inode_of(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

constexpr std::array<const char*, 12> kNames = {
    "mkdir",  "create", "write", "truncate", "sync",      "sync directory",
    "rename", "remove", "lock",  "unlock",   "statement", "copy pages"};

/// What a file that only grows may hold where its last pages were written before others.
std::string later_half(const std::string& synced, std::string written) {
  if (!written.starts_with(synced)) return synced;
  const size_t lost = (written.size() - synced.size()) / 2;
  return written.replace(synced.size(), lost, lost, '\0');
}

/// Below the statements lie SQLite's own writes, which count for themselves.
bool changes_the_disk(runtime::fault::Operation operation) {
  using Operation = runtime::fault::Operation;
  return operation != Operation::kStatement && operation != Operation::kCopyPages &&
         operation != Operation::kLock && operation != Operation::kUnlock;
}

}  // namespace

DurableDisk::DurableDisk(std::string root) : root_(std::move(root)) {
  synced_directory(root_);
  for (const auto& entry : fs::recursive_directory_iterator(root_)) {
    if (entry.is_directory()) {
      synced_directory(entry.path());
    } else {
      synced_file(entry.path());
    }
  }
}

void DurableDisk::synced_file(const std::string& path) {
  if (const Inode inode = inode_of(path)) contents_[inode] = read_bytes(path);
}

void DurableDisk::synced_directory(const std::string& path) {
  auto& names = directories_[path];
  names.clear();
  for (const auto& entry : fs::directory_iterator(path)) {
    names[entry.path().filename()] = inode_of(entry.path());
  }
}

void DurableDisk::write_to(const std::string& target, Names names) const {
  DurableDisk found = *this;
  if (names != Names::kAsSynced) {
    found.directories_.clear();
    found.synced_directory(root_);
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
      if (entry.is_directory()) found.synced_directory(entry.path());
    }
  }
  fs::create_directory(target);
  for (const auto& [directory, entries] : found.directories_) {
    // A directory whose own name was lost is lost with all that is in it; map order puts it first.
    const std::string to = target + directory.substr(root_.size());
    if (!fs::exists(to)) continue;
    for (const auto& [name, inode] : entries) {
      const std::string from = directory + "/" + name;
      if (found.directories_.contains(from) || fs::is_directory(from)) {
        fs::create_directory(to + "/" + name);
      } else if (!name.ends_with("-shm")) {  // memory, not disk
        const auto content = contents_.find(inode);
        const bool later = names == Names::kDatabaseFirst || names == Names::kPieces;
        const std::string synced = content == contents_.end() ? "" : content->second;
        write_bytes(to + "/" + name, later && name.ends_with(".db") ? read_bytes(from)
                                     : names == Names::kPieces && name == "journal"
                                         ? later_half(synced, read_bytes(from))
                                         : synced);
        if (inode_of(from) == inode)
          fs::last_write_time(to + "/" + name, fs::last_write_time(from));
      }
    }
  }
}

std::vector<uint64_t> ChangeSteps::to_try() const {
  std::vector<uint64_t> out = {1};
  out.insert(out.end(), steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(count));
  return out;
}

bool FaultPlan::is_the_step() { return ++passed_ == step_; }

void FaultPlan::end_process() const {
  if (kind_ == Kind::kKill) ::kill(::getpid(), SIGKILL);
  if (kind_ == Kind::kHold) ::kill(::getpid(), SIGSTOP);
  if (kind_ != Kind::kPowerCut) return;
  disk_->write_to(image_of(root_), names_);
  ::_exit(kPowerCutExit);
}

int FaultPlan::before(Operation operation, std::string_view path, std::string_view) {
  if (kind_ == Kind::kErrors && !changes_the_disk(operation)) return 0;
  if (kind_ == Kind::kErrors && failing_) return error_;
  if (!is_the_step()) return 0;
  place_ = std::string(kNames[static_cast<size_t>(operation)]) + " " + std::string(path);
  end_process();
  failing_ = true;
  return kind_ == Kind::kError || kind_ == Kind::kErrors ? error_ : 0;
}

void FaultPlan::after(Operation operation, std::string_view path, std::string_view) {
  if (disk_) follow(operation, std::string(path));
  if (log_ != nullptr && changes_the_disk(operation)) count_change(operation, std::string(path));
  // An operation that is done cannot fail any more.
  if (kind_ == Kind::kError || kind_ == Kind::kErrors) return;
  if (is_the_step()) end_process();
}

void FaultPlan::count_change(Operation operation, const std::string& path) {
  log_->kill.add(passed_ + 1);
  if (operation == Operation::kSync) unsynced_.erase(path);
  const bool again = operation == Operation::kWrite && !unsynced_.insert(path).second;
  if (!again) log_->power_cut.add(passed_ + 1);
}

void FaultPlan::follow(Operation operation, const std::string& path) {
  if (!path.starts_with(root_)) return;
  if (operation == Operation::kSyncDirectory) {
    disk_->synced_directory(path);
  } else if (operation == Operation::kSync) {
    disk_->synced_file(path);
  }
}

/// What happens may use the runtime itself; that does not count.
int AtStep::before(runtime::fault::Operation, std::string_view, std::string_view) {
  if (++passed_ != step_) return 0;
  runtime::fault::install(nullptr);
  happens_();
  runtime::fault::install(this);
  return 0;
}

void AtStep::after(runtime::fault::Operation operation, std::string_view path,
                   std::string_view other) {
  before(operation, path, other);
}

}  // namespace belay::testing

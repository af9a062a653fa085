// A journal whose name is lost in a power cut, while pages of the database are not, leaves a broken
// database. So the name is taken for synced only of a file that is known: one that was found under
// its name, held open, and whose directory was synced after that. Should another program have
// removed it, or made it anew, the file under the name is another one, even if it was made a moment
// later: the number of a file that is open is not given away.
#include "runtime/drivers/sqlite/kept_journal.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>

#include "runtime/io/durable_file.h"
#include "support/file_system.h"

namespace belay::runtime::sqlite {
namespace {

std::string unique_name() {
  static std::atomic<unsigned> count{0};
  return "belay-kept-journal-" + std::to_string(++count);
}

}  // namespace

KeptJournal::KeptJournal(const std::string& path)
    : path_(path + "-journal"), name_(unique_name()), real_(sqlite3_vfs_find(nullptr)) {
  static_cast<sqlite3_vfs&>(vfs_) = *real_;  // what is not about opening files stays as it is
  vfs_.pNext = nullptr;
  vfs_.zName = name_.c_str();
  vfs_.xOpen = open_file;
  vfs_.self = this;
  sqlite3_vfs_register(&vfs_, /*makeDflt=*/0);
}

KeptJournal::~KeptJournal() { sqlite3_vfs_unregister(&vfs_); }

/// SQLite syncs the directory where it was to make the file. Without that flag it opens the file
/// that is there, and it holds the lock under which nobody removes it.
int KeptJournal::open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags,
                           int* out_flags) {
  KeptJournal& self = *static_cast<Vfs*>(vfs)->self;
  const bool makes = (flags & SQLITE_OPEN_CREATE) != 0;
  if (makes && name != nullptr && self.path_ == name) {
    if (!self.is_the_synced_one()) self.sync_name();
    if (self.is_the_synced_one()) flags &= ~SQLITE_OPEN_CREATE;
  }
  return self.real_->xOpen(self.real_, name, file, flags, out_flags);
}

bool KeptJournal::is_the_synced_one() const {
  struct stat info {};
  return synced_.valid() && ::stat(path_.c_str(), &info) == 0 && info.st_dev == device_ &&
         info.st_ino == inode_;
}

/// Where it is not there, or that fails, SQLite does as it always does.
void KeptJournal::sync_name() {
  synced_ = UniqueFd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (!synced_.valid()) return;
  if (::fstat(synced_.get(), &info) != 0 || !sync_directory(std::string(path::parent(path_)))) {
    synced_.reset();
    return;
  }
  device_ = info.st_dev;
  inode_ = info.st_ino;
}

}  // namespace belay::runtime::sqlite

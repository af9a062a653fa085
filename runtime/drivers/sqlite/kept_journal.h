#pragma once

#include <sqlite3.h>
#include <sys/types.h>

#include <string>

#include "runtime/io/unique_fd.h"

namespace belay::runtime::sqlite {

/// A way to SQLite's files for connections that let their rollback journal stay from one commit to
/// the next. SQLite opens the journal anew in every transaction, and takes one that it might have
/// made for one that it has: it syncs the directory with the journal's first sync. Here that is
/// done once, for as long as the file stays the same.
///
/// It has to outlive the connections that are opened on it. Not for several threads.
class KeptJournal {
 public:
  /// For the database at the absolute `path`.
  explicit KeptJournal(const std::string& path);
  KeptJournal(const KeptJournal&) = delete;
  KeptJournal& operator=(const KeptJournal&) = delete;
  ~KeptJournal();

  /// For `OpenOptions`.
  const char* vfs() const { return vfs_.zName; }

 private:
  struct Vfs : sqlite3_vfs {
    KeptJournal* self = nullptr;
  };
  static int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags,
                       int* out_flags);
  bool is_the_synced_one() const;
  void sync_name();

  std::string path_;  ///< of the journal
  std::string name_;
  sqlite3_vfs* real_;
  Vfs vfs_;
  /// The file whose name is on the disk. While it is open no other file gets its number.
  UniqueFd synced_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace belay::runtime::sqlite

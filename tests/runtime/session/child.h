#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <utility>

namespace belay::testing {

/// A process of its own that runs a function and exits with what it returns. It must not use the
/// test's assertions: nobody would see them.
class Child {
 public:
  explicit Child(const std::function<int()>& work) : pid_(::fork()) {
    if (pid_ == 0) ::_exit(work());
  }
  ~Child() {
    if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
  }
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Child& operator=(Child&&) = delete;

  pid_t pid() const { return pid_; }

  /// What it exited with; -1 where it died of a signal.
  int wait() {
    int status = 0;
    if (::waitpid(pid_, &status, 0) != pid_) return -1;
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_;
};

/// Lets go several processes at once: each waits until the pipe's writing end is closed.
class StartingGun {
 public:
  StartingGun() { EXPECT_EQ(::pipe(ends_), 0); }
  ~StartingGun() { ::close(ends_[0]); }

  void wait_in_child() const {
    ::close(ends_[1]);
    char nothing = 0;
    while (::read(ends_[0], &nothing, 1) > 0) {
    }
  }
  void fire() const { ::close(ends_[1]); }

 private:
  int ends_[2] = {-1, -1};
};

}  // namespace belay::testing

#include "lsp/task_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "lsp/analysis.h"

namespace belay::lsp {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::ElementsAre;

class TaskQueueTest : public ::testing::Test {
 protected:
  /// A task that does not end before `release`, so that what is told meanwhile waits.
  void block() {
    std::promise<void> begun;
    queue_.submit([&] {
      begun.set_value();
      released_.get_future().wait();
    });
    begun.get_future().wait();
  }
  void release() { released_.set_value(); }
  std::function<void()> noting(std::string word) {
    return [this, word = std::move(word)] { done_.push_back(word); };
  }
  /// Waits until all that was submitted is done, which hurries it.
  void settle() {
    std::promise<void> ended;
    queue_.submit([&] { ended.set_value(); });
    ended.get_future().wait();
  }

  Log log_{Log::Level::kOff, [](Log::Level, std::string_view) {}};
  std::vector<std::string> done_;  // of the queue's thread
  std::promise<void> released_;
  TaskQueue queue_{"test", log_};
};

TEST_F(TaskQueueTest, OfSeveralOfASubjectTheLastRunsInTheFirstOnesPlace) {
  block();
  queue_.submit(noting("edit 1"), {"a", {}, {}});
  queue_.submit(noting("question"));
  queue_.submit(noting("edit 2"), {"a", {}, {}});
  release();
  settle();
  EXPECT_THAT(done_, ElementsAre("edit 2", "question"));
}

TEST_F(TaskQueueTest, WhatIsPutOffComesLast) {
  block();
  queue_.put_off(noting("later"), "later");
  queue_.submit(noting("edit"), {"a", {}, {}});
  queue_.put_off(noting("later"), "later");
  release();
  settle();
  EXPECT_THAT(done_, ElementsAre("edit", "later"));
}

TEST_F(TaskQueueTest, PatienceGathersEditsUntilSomebodyAsks) {
  queue_.submit(noting("edit 1"), {"a", {}, hours(1)});
  queue_.put_off(noting("later"), "later");
  queue_.submit(noting("edit 2"), {"a", {}, hours(1)});
  queue_.submit(noting("edit 3"), {"a", {}, hours(1)});
  settle();
  EXPECT_THAT(done_, ElementsAre("edit 3", "later"));
}

TEST_F(TaskQueueTest, PatienceEndsByItself) {
  std::promise<void> ended;
  queue_.submit([&] { ended.set_value(); }, {"a", {}, milliseconds(1)});
  EXPECT_EQ(ended.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

TEST_F(TaskQueueTest, AQueueEndsThoughATaskIsPatient) {
  queue_.submit(noting("never"), {"a", {}, hours(1)});
}

TEST(PatienceTest, IsWhatTheAnalysisTookFromAFrameOnUpToAFifthOfASecond) {
  EXPECT_EQ(patience_after(milliseconds(0)), milliseconds(0));
  EXPECT_EQ(patience_after(milliseconds(16)), milliseconds(0));
  EXPECT_EQ(patience_after(milliseconds(17)), milliseconds(17));
  EXPECT_EQ(patience_after(milliseconds(150)), milliseconds(150));
  EXPECT_EQ(patience_after(std::chrono::seconds(9)), milliseconds(200));
}

}  // namespace
}  // namespace belay::lsp

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

#include "tests/runtime/test_database.h"

namespace belay::runtime {
namespace {

using ::belay::testing::dump;
using ::belay::testing::make_shop;
using ::belay::testing::migration;

TEST(Smoke, All) {
  testing::TemporaryDirectory directory;
  const std::string db = directory.file("shop.db");
  make_shop(db);
  const std::string before = dump(db);
  const SessionOptions options = testing::session_options(db);
  const Session session(options);
  auto began = session.begin();
  ASSERT_TRUE(began.ok()) << began.error().to_string();
  std::cout << to_text(*began);
  std::vector<MigrationScript> list = {
      migration("0001", "add_phone",
                "ALTER TABLE customers ADD COLUMN phone TEXT;\nUPDATE customers SET phone = '1';"),
      migration("0002", "bad", "CREATE TABLE x (a);\nINSERT INTO nope VALUES (1);")};
  auto applied = session.apply(list);
  ASSERT_TRUE(applied.ok()) << applied.error().to_string();
  std::cout << to_text(*applied);
  auto state = session.status(list);
  ASSERT_TRUE(state.ok()) << state.error().to_string();
  std::cout << to_text(*state);
  auto back = session.rollback();
  ASSERT_TRUE(back.ok()) << back.error().to_string();
  std::cout << to_text(*back);
  EXPECT_EQ(dump(db), before);
  system(("ls -laR " + directory.path() + "; cat " + db + ".belay/audit.log").c_str());
}

}  // namespace
}  // namespace belay::runtime

// How a server is told to copy a database.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "runtime/drivers/postgres/server.h"
#include "tests/runtime/postgres/shop.h"

namespace belay::testing {
namespace {

using namespace runtime;  // NOLINT: the tests are about nothing else
using postgres::PostgresSettings;
using postgres::Server;

constexpr const char* kDatabase = "copy_shop";
constexpr const char* kCopy = "copy_shop_2";

class CopyOfADatabase : public ::testing::Test {
 protected:
  void SetUp() override { make_postgres_shop(kDatabase); }
  void TearDown() override {
    drop_postgres(kCopy);
    drop_postgres(kDatabase);
  }

  /// The bytes that a copy adds to the server's log of writes.
  static int64_t logged(int64_t files_from) {
    PostgresSettings settings;
    settings.url = postgres_url(kDatabase);
    Result<std::unique_ptr<Server>> server = Server::connect(settings);
    EXPECT_TRUE(server.ok());
    const auto written = [] {
      return std::stoll(query_postgres(
          "postgres", "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint"));
    };
    const int64_t before = written();
    const Result<void> copied = (*server)->copy(kDatabase, kCopy, files_from);
    EXPECT_TRUE(copied.ok()) << copied.error().to_string();
    return written() - before;
  }

  static std::string orders_of(const char* database) {
    return query_postgres(database, "SELECT string_agg(o::text, ',' ORDER BY id) FROM orders o");
  }

  static int64_t size() {
    return std::stoll(
        query_postgres("postgres", std::string("SELECT pg_database_size('") + kDatabase + "')"));
  }
};

TEST_F(CopyOfADatabase, IsMadeOfItsFilesWhereItIsLarge) {
  const int64_t bytes = size();
  EXPECT_LT(logged(bytes), bytes / 4);
  EXPECT_EQ(orders_of(kCopy), orders_of(kDatabase));
}

TEST_F(CopyOfADatabase, IsLoggedPageByPageWhereItIsSmall) {
  const int64_t bytes = size();
  EXPECT_GT(logged(bytes + 1), bytes / 2);
  EXPECT_EQ(orders_of(kCopy), orders_of(kDatabase));
}

}  // namespace
}  // namespace belay::testing

#include "analyzer/text/batch_mark.h"

#include <gtest/gtest.h>

#include "analyzer/text/splitter.h"

namespace belay {
namespace {

BatchMarks marks_of(const std::string& sql, Engine engine = Engine::kPostgres) {
  Splitter splitter(sql, engine);
  std::vector<ByteRange> statements;
  for (Segment segment; splitter.next(segment);) {
    statements.push_back({segment.range.begin, segment.end});
  }
  return read_batch_marks(sql, splitter.comments(), statements, engine);
}

/// The first problem, behind the text that it is about; "" where there is none.
std::string problem_of(const std::string& sql) {
  std::string out;
  for (const Engine engine : {Engine::kPostgres, Engine::kSqlite}) {
    const BatchMarks read = marks_of(sql, engine);
    std::string found = read.problems.empty() ? ""
                                              : std::string(read.problems[0].range.of(sql)) + ": " +
                                                    read.problems[0].message;
    EXPECT_TRUE(engine == Engine::kPostgres || found == out) << found;
    out = found;
  }
  return out;
}
std::string problem_with(const std::string& statement) {
  const std::string found = problem_of("-- belay:batch table=users key=id\n" + statement);
  return found.substr(found.find(": ") == std::string::npos ? 0 : found.find(": ") + 2);
}

TEST(BatchMark, IsReadFromTheCommentInFront) {
  const BatchMarks read = marks_of(
      "SELECT 1;\n-- belay:batch table=app.\"Odd \"\"name\" key=id size=5 pause=2s\n"
      "-- belay:ignore x: y\nDELETE FROM app.\"Odd \"\"name\" WHERE id BETWEEN $1 AND $2;\n"
      "/* belay:batch\n table=t\n key=id */ UPDATE t SET n = 1 WHERE id >= $1 AND t.id <= $2");
  EXPECT_TRUE(read.problems.empty()) << read.problems[0].message;
  ASSERT_EQ(read.marks.size(), 2U);
  EXPECT_EQ(read.marks[0].statement, 1U);
  EXPECT_EQ(read.marks[0].table, "app.\"Odd \"\"name\"");
  EXPECT_EQ(read.marks[0].key, "id");
  EXPECT_EQ(read.marks[0].size, 5U);
  EXPECT_EQ(read.marks[0].pause.count(), 2000);
  EXPECT_EQ(read.marks[1].size, 10'000U);
  EXPECT_NE(read.of(2), nullptr);
  EXPECT_EQ(read.of(0), nullptr);
}

TEST(BatchMark, IsNoneWhereACommentOnlySpeaksOfIt) {
  EXPECT_TRUE(marks_of("-- as with belay:batch\nSELECT 1;").problems.empty());
}

TEST(BatchMark, SaysWhatIsWrongWithIt) {
  const std::string kRest = "\nDELETE FROM t WHERE id BETWEEN $1 AND $2";
  const auto mark = [&](const std::string& words) {
    return problem_of("-- belay:batch" + words + kRest);
  };
  EXPECT_EQ(mark(" table=t key=id"), "");
  EXPECT_EQ(mark("es table=t key=id"), "-- belay:batches table=t key=id: this mark is not known");
  EXPECT_EQ(mark(" key=id"), "-- belay:batch key=id: the mark does not say which table");
  EXPECT_EQ(mark(" table=t"), "-- belay:batch table=t: the mark does not say which key");
  EXPECT_EQ(mark(" table=t key=id sise=3"), "sise=3: the mark does not know `sise=3`");
  EXPECT_EQ(mark(" table=t key=id fast"), "fast: the mark does not know `fast`");
  EXPECT_EQ(mark(" table=t table=u key=id"), "table=u: `table` is there twice");
  EXPECT_EQ(mark(" table=t key=id size=0"), "size=0: `0` is no size of a batch");
  EXPECT_EQ(mark(" table=t key=id size=1k"), "size=1k: `1k` is no size of a batch");
  EXPECT_EQ(mark(" table=t key=id pause=5"), "pause=5: `5` is no time");
  EXPECT_EQ(mark(" table=t key=id,b"), "key=id,b: `id,b` is not one column");
  EXPECT_EQ(mark(" table=\"t key=id"), "table=\"t key=id: `\"t key=id` is not the name of a table");
}

TEST(BatchMark, StandsOnItsOwnLineInFrontOfAStatement) {
  const std::string kMark = "-- belay:batch table=t key=id";
  const std::string kDelete = "DELETE FROM t WHERE id BETWEEN $1 AND $2";
  EXPECT_NE(problem_of(kDelete + "; " + kMark + "\nSELECT 1"), "") << "behind one";
  EXPECT_NE(problem_of("DELETE FROM t\n" + kMark + "\nWHERE id BETWEEN $1 AND $2"), "") << "within";
  EXPECT_NE(problem_of(kDelete + ";\n" + kMark + "\n"), "") << "behind all";
  EXPECT_NE(problem_of(kMark + "\n" + kMark + "\n" + kDelete), "") << "twice";
  EXPECT_NE(marks_of(kMark + "\n" + kDelete, Engine::kMysql).problems.size(), 0U);
}

TEST(BatchMark, WantsAConditionThatGivesEachRowToOneBatch) {
  for (const char* good :
       {"UPDATE users SET a = 1 WHERE id BETWEEN $1 AND $2",
        "UPDATE users u SET a = 1 WHERE u.id >= $1 AND u.id <= $2 AND (a = 1 OR b = 2)",
        "UPDATE users SET a = 1 WHERE NOT done AND users.\"id\" BETWEEN $1 AND $2",
        "INSERT INTO old SELECT * FROM users WHERE (id BETWEEN $1 AND $2) RETURNING a OR b",
        "WITH x AS (SELECT id FROM users WHERE id BETWEEN $1 AND $2) DELETE FROM users WHERE id IN "
        "(SELECT id FROM x)"}) {
    EXPECT_EQ(problem_with(good), "") << good;
  }
  for (const char* bad :
       {"UPDATE users SET a = 1 WHERE id > $1 AND id <= $2",
        "UPDATE users SET a = 1 WHERE id >= $1 AND id < $2",
        "UPDATE users SET a = 1 WHERE id >= $1", "UPDATE users SET a = 1",
        "UPDATE users SET a = 1 WHERE a BETWEEN $1 AND $2",
        "UPDATE users SET a = 1 WHERE id NOT BETWEEN $1 AND $2",
        "UPDATE users SET a = $1 WHERE id BETWEEN $1 AND $2",
        "UPDATE users SET a = $3 WHERE id BETWEEN $1 AND $2",
        "UPDATE users SET a = 1 WHERE id BETWEEN $1 AND $2 OR a = 1",
        "UPDATE users SET a = 1 WHERE (b AND id BETWEEN $1 AND $2) OR a = 1",
        "UPDATE users SET a = 1 WHERE a = 1 OR (id BETWEEN $1 AND $2)",
        "UPDATE users SET a = 1 WHERE NOT (id BETWEEN $1 AND $2)",
        "UPDATE other SET a = 1 WHERE id BETWEEN $1 AND $2",
        "SELECT * FROM users WHERE id BETWEEN $1 AND $2", "CREATE INDEX i ON users (id)"}) {
    EXPECT_NE(problem_with(bad), "") << bad;
  }
}

TEST(BatchMark, LeavesTheKeyAlone) {
  constexpr const char* kChanges = "the statement changes the key id, by which it is paged";
  EXPECT_EQ(problem_with("UPDATE users SET a = 1, id = id + 1 WHERE id BETWEEN $1 AND $2"),
            kChanges);
  EXPECT_EQ(problem_with("UPDATE users SET \"id\" = 1 WHERE id BETWEEN $1 AND $2"), kChanges);
  EXPECT_EQ(problem_with("UPDATE users SET (a, id) = (1, 2) WHERE id BETWEEN $1 AND $2"), kChanges);
  EXPECT_EQ(problem_with("UPDATE users SET a = (id = 2) WHERE id BETWEEN $1 AND $2"), "");
  EXPECT_EQ(problem_with("UPDATE other SET id = users.id FROM users WHERE users.id BETWEEN $1 AND "
                         "$2"),
            "");
}

}  // namespace
}  // namespace belay

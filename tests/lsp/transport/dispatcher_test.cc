#include "lsp/transport/dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

namespace belay::lsp {
namespace {

using ::testing::ElementsAre;

class RecordingOutbox : public Outbox {
 public:
  using Outbox::send;
  void send(std::string body, std::string /*subject*/) override {
    const std::lock_guard lock(mutex_);
    sent_.push_back(Json::parse(body));
  }
  std::vector<Json> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(sent_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Json> sent_;
};

class DispatcherTest : public ::testing::Test {
 protected:
  /// `id result`, or `id code` for errors.
  std::vector<std::string> answers() {
    std::vector<std::string> out;
    for (const Json& m : outbox_.take()) {
      out.push_back(m["id"].dump() + " " +
                    (m.contains("error") ? m["error"]["code"].dump() : m["result"].dump()));
    }
    return out;
  }

  RecordingOutbox outbox_;
  Log log_{Log::Level::kOff, [](Log::Level, std::string_view) {}};
  Dispatcher dispatcher_{outbox_, log_};
};

TEST_F(DispatcherTest, AnswersUnderTheIdThatCame) {
  dispatcher_.on_request(
      "m", [](const Json& params, const Reply& reply) { reply.result(params.dump()); });
  dispatcher_.receive(R"({"id":7,"method":"m","params":[1]})");
  dispatcher_.receive(R"({"id":"a\"b","method":"m","params":{}})");
  EXPECT_THAT(answers(), ElementsAre("7 [1]", R"("a\"b" {})"));
}

TEST_F(DispatcherTest, AnswersOnceWhateverAHandlerDoes) {
  dispatcher_.on_request("forgets", [](const Json&, const Reply&) {});
  dispatcher_.on_request("throws",
                         [](const Json&, const Reply&) { throw std::runtime_error("oops"); });
  dispatcher_.on_request("repeats", [](const Json&, const Reply& reply) {
    reply.result("1");
    reply.result("2");
    reply.error(ErrorCode::kInternalError, "3");
    throw std::runtime_error("4");
  });
  dispatcher_.receive(R"({"id":1,"method":"forgets"})");
  dispatcher_.receive(R"({"id":2,"method":"throws"})");
  dispatcher_.receive(R"({"id":3,"method":"repeats"})");
  dispatcher_.receive(R"({"id":4,"method":"unknown"})");
  EXPECT_THAT(answers(), ElementsAre("1 -32603", "2 -32603", "3 1", "4 -32601"));
}

TEST_F(DispatcherTest, GoesOnBehindWhatIsNoMessage) {
  dispatcher_.on_request("m", [](const Json&, const Reply& reply) { reply.result("1"); });
  dispatcher_.receive("{");
  dispatcher_.receive("[]");
  dispatcher_.receive(R"({"id":1,"method":5})");
  dispatcher_.receive(R"({"id":2,"method":"m"})");
  EXPECT_THAT(answers(), ElementsAre("null -32700", "null -32600", "1 -32600", "2 1"));
}

TEST_F(DispatcherTest, AnswersACancelledRequestAtOnce) {
  std::vector<Reply> kept;
  bool told = false;
  dispatcher_.on_request("slow", [&](const Json&, const Reply& reply) {
    reply.on_cancel([&] {
      told = true;
      reply.result("too late");
    });
    kept.push_back(reply);
  });
  dispatcher_.receive(R"({"id":1,"method":"slow"})");
  dispatcher_.receive(R"({"id":"1","method":"slow"})");
  dispatcher_.receive(R"({"method":"$/cancelRequest","params":{"id":1}})");
  EXPECT_THAT(answers(), ElementsAre("1 -32800"));
  EXPECT_TRUE(told);
  EXPECT_TRUE(kept[0].cancelled());
  kept[0].result("3");
  kept[1].result("4");
  EXPECT_THAT(answers(), ElementsAre(R"("1" 4)"));
}

TEST_F(DispatcherTest, IgnoresACancellationOfWhatIsNotOpen) {
  for (const char* params : {R"({"id":9})", "{}", "null", "[]", R"({"id":{}})"}) {
    dispatcher_.receive(std::string(R"({"method":"$/cancelRequest","params":)") + params + "}");
  }
  EXPECT_THAT(answers(), ElementsAre());
}

TEST_F(DispatcherTest, RefusesASecondRequestUnderAnOpenId) {
  std::vector<Reply> kept;
  dispatcher_.on_request("slow", [&](const Json&, const Reply& r) { kept.push_back(r); });
  dispatcher_.receive(R"({"id":1,"method":"slow"})");
  dispatcher_.receive(R"({"id":1,"method":"slow"})");
  EXPECT_THAT(answers(), ElementsAre("1 -32600"));
  kept.clear();
  EXPECT_THAT(answers(), ElementsAre("1 -32603"));
  dispatcher_.receive(R"({"id":1,"method":"unknown"})");
  EXPECT_THAT(answers(), ElementsAre("1 -32601"));
}

TEST_F(DispatcherTest, RepliesGoOntoOtherThreads) {
  std::vector<std::thread> threads;
  dispatcher_.on_request("m", [&](const Json&, const Reply& reply) {
    threads.emplace_back([reply] { reply.result("1"); });
  });
  constexpr int kRequests = 50;
  for (int i = 0; i < kRequests; ++i) {
    dispatcher_.receive(R"({"id":)" + std::to_string(i) + R"(,"method":"m"})");
    dispatcher_.receive(R"({"method":"$/cancelRequest","params":{"id":)" + std::to_string(i) +
                        "}}");
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(answers().size(), kRequests);
}

TEST_F(DispatcherTest, MatchesAnswersWithItsOwnRequests) {
  std::vector<std::string> heard;
  const auto listen = [&](const Json& result, const std::optional<ResponseError>& error) {
    heard.push_back(error ? error->message : result.dump());
  };
  dispatcher_.request("a", "{}", listen);
  dispatcher_.request("b", "", listen);
  EXPECT_EQ(outbox_.take()[1], Json({{"jsonrpc", "2.0"}, {"id", 2}, {"method", "b"}}));
  dispatcher_.receive(R"({"id":2,"error":{"code":1,"message":"no"}})");
  dispatcher_.receive(R"({"id":1,"result":[5]})");
  dispatcher_.receive(R"({"id":1,"result":"again"})");
  dispatcher_.receive(R"({"id":99,"result":"stray"})");
  EXPECT_THAT(heard, ElementsAre("no", "[5]"));
}

TEST_F(DispatcherTest, TheGateDecidesWhatIsWelcome) {
  int notified = 0;
  dispatcher_.on_notification("n", [&](const Json&) { ++notified; });
  dispatcher_.on_request("m", [](const Json&, const Reply& reply) { reply.result("1"); });
  dispatcher_.set_gate([](std::string_view) {
    return ResponseError{ErrorCode::kServerNotInitialized, "too early"};
  });
  dispatcher_.receive(R"({"id":1,"method":"m"})");
  dispatcher_.receive(R"({"method":"n"})");
  EXPECT_THAT(answers(), ElementsAre("1 -32002"));
  EXPECT_EQ(notified, 0);
}

}  // namespace
}  // namespace belay::lsp

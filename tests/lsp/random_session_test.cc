// An editor gone mad: random edits, requests at random places, cancellations, files that come and
// go, all without waiting. Every request is answered once, with an answer or a reason that may be;
// and what the server says in the end is what a fresh one says of the same texts.
// BELAY_FUZZ_REQUESTS sets how many things are done, BELAY_FUZZ_SEED where the seeds begin.

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "support/file_system.h"
#include "tests/lsp/support/client.h"
#include "tests/lsp/support/editor_text.h"
#include "tests/lsp/support/project_folder.h"

namespace belay::lsp::testing {
namespace {

uint64_t setting(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::stoull(value);
}

/// What is typed.
constexpr std::array<const char*, 30> kPieces = {
    "CREATE TABLE t1 (id bigint PRIMARY KEY, c text);\n",
    "CREATE TABLE \"größe 漢😀\" (a int, b int REFERENCES t1 (id));\n",
    "ALTER TABLE t1 ADD COLUMN x int NOT NULL DEFAULT 0;\n",
    "ALTER TABLE t1 DROP COLUMN c;\n",
    "ALTER TABLE t1 RENAME TO t2;\n",
    "ALTER TABLE t2 RENAME COLUMN c TO d;\n",
    "CREATE INDEX CONCURRENTLY i ON t1 (c);\n",
    "DROP TABLE t1;\n",
    "DO $$ BEGIN UPDATE t1 SET c = ''; END $$;\n",
    "WITH w AS (SELECT id FROM t1) SELECT id FROM w;\n",
    "SET lock_timeout = '5s';\n",
    "-- belay:ignore drop-table: why not\n",
    "-- migrate:down\n",
    "-- +goose Up\n",
    "BEGIN;\n",
    "COMMIT;\n",
    "t1",
    "c",
    ";",
    "(",
    "'",
    "/*",
    "$$",
    " ",
    "\n",
    "\r",
    "\r\n",
    "e\xCC\x81",
    "漢",
    "😀"};

constexpr std::array<const char*, 9> kFiles = {
    "migrations/0001_a.up.sql",   "migrations/0001_a.down.sql", "migrations/0002_b.up.sql",
    "migrations/0002_b.down.sql", "migrations/0003_c.up.sql",   "migrations/0003_ü 漢.down.sql",
    "lite/0001_l.up.sql",         "lite/0001_l.down.sql",       "belay.toml"};

constexpr std::array<const char*, 3> kConfigs = {
    "[[migrations]]\npath = \"migrations\"\ndialect = \"postgresql\"\n"
    "[[migrations]]\npath = \"lite\"\ndialect = \"sqlite\"\n",
    "dialect = \"sqlite\"\n[rules]\ndrop-table = \"off\"\n", "dialect = \n"};

class RandomSession {
 public:
  RandomSession(uint64_t seed, Encoding encoding)
      : random_(seed), encoding_(encoding), wire_(disk_), client_(wire_) {
    client_.behave_badly();  // places that are none are part of it
    write("belay.toml", kConfigs[0]);
    for (const char* file : kFiles) {
      if (std::string_view(file).ends_with(".sql") && chance(70)) write(file, some_text(4));
    }
    start(client_);
  }

  void run(size_t steps) {
    for (size_t i = 0; i < steps; ++i) {
      step();
      if (open_requests_.size() > kMostOpen || chance(10)) collect();
      if (::testing::Test::HasFailure()) return;
    }
    while (!open_requests_.empty()) collect();
  }

  /// What a server that has seen none of this says of the same texts.
  void expect_same_as_fresh() {
    MemoryWire wire(disk_);
    Client fresh(wire);
    start(fresh);
    for (const auto& [file, document] : documents_) {
      fresh.open(folder_.uri(file), document.text(), 1);
    }
    for (const auto& [file, document] : documents_) {
      const Json in = {{"textDocument", {{"uri", folder_.uri(file)}}}};
      for (const char* method : {"textDocument/diagnostic", "textDocument/documentSymbol"}) {
        EXPECT_EQ(client_.request(method, in)["result"], fresh.request(method, in)["result"])
            << method << " of " << file << " with the text\n"
            << document.text();
      }
    }
    EXPECT_EQ(reports_of(client_), reports_of(fresh));
  }

 private:
  static constexpr size_t kMostOpen = 30;

  size_t up_to(size_t most) { return std::uniform_int_distribution<size_t>(0, most)(random_); }
  bool chance(size_t percent) { return up_to(99) < percent; }
  template <size_t kCount>
  std::string one_of(const std::array<const char*, kCount>& list) {
    return list[up_to(kCount - 1)];
  }
  std::string some_text(size_t pieces) {
    std::string out;
    for (size_t i = up_to(pieces); i-- > 0;) out += one_of(kPieces);
    return out;
  }
  std::string text_of(const std::string& file) {
    return file == "belay.toml" ? one_of(kConfigs) : some_text(6);
  }

  /// The diagnostics of the workspace by file, those with any.
  static std::map<std::string, Json> reports_of(Client& client) {
    std::map<std::string, Json> out;
    const Json params = {{"previousResultIds", Json::array()}};
    for (const Json& report : client.result("workspace/diagnostic", params).at("items")) {
      if (!report.at("items").empty()) out[report.at("uri")] = report.at("items");
    }
    return out;
  }

  void start(Client& client) {
    Json capabilities = Client::capabilities();
    capabilities["general"]["positionEncodings"] = {name_of(encoding_)};
    capabilities["textDocument"]["diagnostic"] = {{"dynamicRegistration", false}};
    client.initialize(
        {{"processId", nullptr},
         {"rootUri", "file://" + folder_.root()},
         {"capabilities", capabilities},
         {"workspaceFolders", {{{"uri", "file://" + folder_.root()}, {"name", "project"}}}}});
  }
  void write(const std::string& file, const std::string& text) {
    folder_.write(file, text);
    on_disk_[file] = text;
  }

  /// As a rule in the text, sometimes beyond it.
  EditorPosition place(const EditorText& text) {
    EditorPosition out{static_cast<uint32_t>(up_to(text.line_count())),
                       static_cast<uint32_t>(up_to(40))};
    if (chance(3)) out.line = 4'000'000'000;
    if (chance(3)) out.character = 4'000'000'000;
    return out;
  }
  static Json written(EditorPosition at) { return position(at.line, at.character); }

  void step() {
    const std::string file = one_of(kFiles);
    const auto document = documents_.find(file);
    const size_t kind = up_to(99);
    if (kind < 35) return request(file);
    if (kind < 40) return cancel();
    if (kind < 48) return file_event(file);
    if (kind < 50) return other_notification(file);
    if (document == documents_.end()) return open(file);
    if (kind < 55) {
      client_.close(folder_.uri(file));
      documents_.erase(document);
      return;
    }
    edit(file, document->second);
  }

  void open(const std::string& file) {
    const auto known = on_disk_.find(file);
    const std::string text = known != on_disk_.end() && chance(80) ? known->second : text_of(file);
    documents_.insert_or_assign(file, EditorText(text, encoding_));
    client_.open(folder_.uri(file), text, ++version_);
  }

  void edit(const std::string& file, EditorText& text) {
    Json changes = Json::array();
    if (chance(10)) {
      text = EditorText(text_of(file), encoding_);
      changes.push_back({{"text", text.text()}});
    }
    for (size_t i = up_to(2); i-- > 0;) {
      EditorPosition begin = place(text);
      EditorPosition end = chance(50) ? begin : place(text);
      if (end < begin) std::swap(begin, end);
      const std::string with = some_text(2);
      changes.push_back({{"range", range(written(begin), written(end))}, {"text", with}});
      text.replace(begin, end, with);
    }
    client_.change(folder_.uri(file), ++version_, changes);
  }

  void file_event(const std::string& file) {
    constexpr int kChanged = 2;
    constexpr int kDeleted = 3;
    const bool is_there = on_disk_.contains(file);
    int type = is_there ? kChanged : 1;
    if (is_there && chance(40) && file != "belay.toml") {
      folder_.remove(file);
      on_disk_.erase(file);
      type = kDeleted;
    } else {
      write(file, text_of(file));
    }
    client_.notify("workspace/didChangeWatchedFiles",
                   {{"changes", {{{"uri", folder_.uri(file)}, {"type", type}}}}});
  }

  void other_notification(const std::string& file) {
    const Json in = {{"textDocument", {{"uri", folder_.uri(file)}}}};
    switch (up_to(3)) {
      case 0: return client_.notify("textDocument/didSave", in);
      case 1: return client_.notify("$/setTrace", {{"value", "off"}});
      case 2:
        return client_.notify("workspace/didChangeConfiguration",
                              {{"settings", {{"untrusted", chance(50)}}}});
      default: return client_.notify("textDocument/didChange", in);
    }
  }

  void request(const std::string& file) {
    static constexpr std::array<const char*, 19> kMethods = {"textDocument/hover",
                                                             "textDocument/definition",
                                                             "textDocument/references",
                                                             "textDocument/documentHighlight",
                                                             "textDocument/implementation",
                                                             "textDocument/documentSymbol",
                                                             "textDocument/codeLens",
                                                             "textDocument/codeAction",
                                                             "textDocument/diagnostic",
                                                             "textDocument/completion",
                                                             "textDocument/prepareRename",
                                                             "textDocument/rename",
                                                             "textDocument/inlayHint",
                                                             "textDocument/foldingRange",
                                                             "textDocument/documentLink",
                                                             "textDocument/semanticTokens/full",
                                                             "workspace/symbol",
                                                             "workspace/diagnostic",
                                                             "workspace/executeCommand"};
    static constexpr std::array<const char*, 5> kCommands = {
        "belay.showRisk", "belay.showVerdict", "belay.goToDown", "belay.goToUp", "belay.openRule"};
    const std::string method = one_of(kMethods);
    const auto document = documents_.find(file);
    const EditorText text = document == documents_.end() ? EditorText() : document->second;
    const Json at = written(place(text));
    Json params = {{"textDocument", {{"uri", folder_.uri(file)}}}};
    if (method == "workspace/symbol") params = {{"query", chance(50) ? "t" : ""}};
    if (method == "workspace/diagnostic") params = {{"previousResultIds", Json::array()}};
    if (method == "workspace/executeCommand") {
      params = {{"command", one_of(kCommands)}, {"arguments", {{{"uri", folder_.uri(file)}}}}};
    } else if (method == "textDocument/codeAction" || method == "textDocument/inlayHint") {
      params["range"] = range(at, chance(50) ? at : written({4'000'000'000, 0}));
      params["context"] = {{"diagnostics", Json::array()}};
    } else {
      params["position"] = at;
      if (method == "textDocument/references") params["context"] = {{"includeDeclaration", true}};
      if (method == "textDocument/rename") params["newName"] = chance(80) ? "new_name" : "😀 \"";
    }
    open_requests_[client_.send_request(method, params)] = method;
  }

  void cancel() {
    if (open_requests_.empty()) return;
    auto chosen = open_requests_.begin();
    std::advance(chosen, up_to(open_requests_.size() - 1));
    client_.notify("$/cancelRequest", {{"id", chosen->first}});
  }

  /// Takes the answer to one of the open requests.
  void collect() {
    if (open_requests_.empty()) return;
    auto chosen = open_requests_.begin();
    std::advance(chosen, up_to(open_requests_.size() - 1));
    // It may wait for news, and there need not be any.
    if (chosen->second == "workspace/diagnostic") {
      client_.notify("$/cancelRequest", {{"id", chosen->first}});
    }
    const Json answer = client_.response(chosen->first);
    if (answer.contains("error")) {
      // Not known, wrong parameters, failed by its own reasons, cancelled, out of date.
      static const std::set<int> kMayBe = {-32601, -32602, -32803, -32800, -32801};
      EXPECT_TRUE(kMayBe.contains(answer["error"]["code"].get<int>()))
          << chosen->second << " " << answer;
    }
    open_requests_.erase(chosen);
  }

  std::mt19937_64 random_;
  Encoding encoding_;
  ProjectFolder folder_;
  DiskFileSystem disk_;
  MemoryWire wire_;
  Client client_;
  std::map<std::string, std::string> on_disk_;
  std::map<std::string, EditorText> documents_;
  std::map<int64_t, std::string> open_requests_;
  int64_t version_ = 1;
};

TEST(RandomSession, EndsWhereAFreshOneBegins) {
  constexpr size_t kStepsOfOne = 250;
  const uint64_t first = setting("BELAY_FUZZ_SEED", 1);
  const uint64_t count = setting("BELAY_FUZZ_REQUESTS", 2000) / kStepsOfOne;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomSession session(seed, static_cast<Encoding>(seed % 3));
    session.run(kStepsOfOne);
    session.expect_same_as_fresh();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace belay::lsp::testing

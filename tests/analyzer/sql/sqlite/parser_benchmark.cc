// How fast DDL text becomes operations. Bytes per second count the text.

#include <benchmark/benchmark.h>

#include "analyzer/sql/sqlite/parser.h"
#include "analyzer/sql/sqlite/scanner.h"
#include "analyzer/text/splitter.h"

namespace belay::sql::sqlite {
namespace {

constexpr Dialect kDialect = {Engine::kSqlite, {3, 40, 1}};

/// A script such as migrations are: tables with their keys, indexes, a view, a trigger.
std::string make_script() {
  std::string out;
  for (int i = 0; i < 200; ++i) {
    const std::string n = std::to_string(i);
    out += "CREATE TABLE IF NOT EXISTS orders_" + n + R"( (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    reference VARCHAR(64) NOT NULL UNIQUE,
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'paid', 'sent')),
    amount DECIMAL(10, 2) NOT NULL DEFAULT 0,
    note TEXT,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP,
    CONSTRAINT orders_amount CHECK (amount >= 0),
    FOREIGN KEY (note) REFERENCES notes (name)
);
CREATE INDEX orders_state_)" +
           n + " ON orders_" + n + R"( (state, created_at DESC);
ALTER TABLE orders_)" +
           n + R"( ADD COLUMN deleted_at TIMESTAMP;
CREATE VIEW open_orders_)" +
           n + " AS SELECT id, amount FROM orders_" + n + R"(
 WHERE state = 'new' ORDER BY created_at;
CREATE TRIGGER touch_)" +
           n + " AFTER UPDATE ON orders_" + n + R"( BEGIN
  UPDATE orders SET updated_at = CURRENT_TIMESTAMP WHERE id = new.id;
END;
)";
  }
  return out;
}

/// A statement with its tokens, as the workspace holds it.
struct Piece {
  std::string_view text;
  std::vector<Token> tokens;
  uint32_t base;
};

std::vector<Piece> pieces_of(std::string_view script) {
  std::vector<Piece> out;
  Splitter splitter(script, Engine::kSqlite);
  Segment segment;
  while (splitter.next(segment)) {
    out.push_back({segment.range.of(script),
                   {segment.tokens.begin(), segment.tokens.end()},
                   segment.range.begin});
  }
  return out;
}

void count_bytes(benchmark::State& state, std::string_view script) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * script.size()));
}

void BM_Split(benchmark::State& state) {
  const std::string script = make_script();
  for (auto _ : state) {
    Splitter splitter(script, Engine::kSqlite);
    Segment segment;
    while (splitter.next(segment)) benchmark::DoNotOptimize(segment.tokens.data());
  }
  count_bytes(state, script);
}
BENCHMARK(BM_Split);

void BM_Scan(benchmark::State& state) {
  const std::string script = make_script();
  const std::vector<Piece> pieces = pieces_of(script);
  for (auto _ : state) {
    for (const Piece& piece : pieces) {
      benchmark::DoNotOptimize(scan(piece.text, piece.tokens, piece.base));
    }
  }
  count_bytes(state, script);
}
BENCHMARK(BM_Scan);

void BM_Parse(benchmark::State& state) {
  const std::string script = make_script();
  const std::vector<Piece> pieces = pieces_of(script);
  for (auto _ : state) {
    for (const Piece& piece : pieces) {
      benchmark::DoNotOptimize(parse(piece.text, piece.tokens, piece.base, kDialect));
    }
  }
  count_bytes(state, script);
}
BENCHMARK(BM_Parse);

void BM_SplitAndParse(benchmark::State& state) {
  const std::string script = make_script();
  for (auto _ : state) {
    Splitter splitter(script, Engine::kSqlite);
    Segment segment;
    while (splitter.next(segment)) {
      benchmark::DoNotOptimize(
          parse(segment.range.of(script), segment.tokens, segment.range.begin, kDialect));
    }
  }
  count_bytes(state, script);
}
BENCHMARK(BM_SplitAndParse);

}  // namespace
}  // namespace belay::sql::sqlite

BENCHMARK_MAIN();

#include "lsp/features/folding.h"

#include <algorithm>
#include <tuple>

#include "analyzer/text/lexer.h"

namespace belay::lsp {
namespace {

using FoldKind = FoldingRange::Kind;

class Folds {
 public:
  explicit Folds(const Document& text) : text_(text) {}

  /// From the line of the first byte to that of the last one; one line cannot be folded.
  void add(ByteRange range, FoldKind kind) {
    if (range.empty()) return;
    const uint32_t first = text_.lines().line_of(range.begin);
    const uint32_t last = text_.lines().line_of(range.end - 1);
    if (first < last) out_.push_back({first, last, kind});
  }

  std::vector<FoldingRange> take() && {
    const auto place = [](const FoldingRange& f) { return std::tuple(f.start_line, f.end_line); };
    std::stable_sort(out_.begin(), out_.end(), [&](const FoldingRange& a, const FoldingRange& b) {
      return place(a) < place(b);
    });
    const auto same = [&](const FoldingRange& a, const FoldingRange& b) {
      return place(a) == place(b);
    };
    out_.erase(std::unique(out_.begin(), out_.end(), same), out_.end());
    return std::move(out_);
  }

 private:
  const Document& text_;
  std::vector<FoldingRange> out_;
};

void fold_bodies(Folds& folds, const sql::ScriptStatement& statement) {
  for (const sql::Operation& operation : statement.parsed->operations) {
    ByteRange body;
    if (const auto* function = operation.as<sql::CreateFunction>()) body = function->body;
    if (const auto* block = operation.as<sql::DoBlock>()) body = block->body;
    folds.add(body.shifted(body.empty() ? 0 : statement.range.begin), FoldKind::kPlain);
  }
}

/// Whether it begins (1) or ends (-1) a transaction of the script's own.
int transaction_step(const sql::ScriptStatement& statement) {
  using Transaction = sql::Transaction;
  if (statement.parsed == nullptr || statement.parsed->operations.size() != 1) return 0;
  const auto* transaction = statement.parsed->operations.front().as<Transaction>();
  if (transaction == nullptr) return 0;
  switch (transaction->kind) {
    case Transaction::Kind::kBegin: return 1;
    case Transaction::Kind::kCommit:
    case Transaction::Kind::kRollback: return -1;
    default: return 0;
  }
}

void fold_statements(Folds& folds, const sql::ParsedScript& script) {
  const sql::ScriptStatement* begin = nullptr;
  for (const sql::ScriptStatement& statement : script.statements) {
    folds.add({statement.range.begin, std::max(statement.end, statement.range.end)},
              FoldKind::kPlain);
    if (statement.parsed != nullptr) fold_bodies(folds, statement);
    const int step = transaction_step(statement);
    if (step > 0) begin = &statement;
    if (step < 0 && begin != nullptr) {
      folds.add({begin->range.begin, statement.end}, FoldKind::kPlain);
      begin = nullptr;
    }
  }
}

/// A file with both scripts has a mark before each, which stays when the script is folded.
void fold_section(Folds& folds, const DocumentScript& script, std::string_view text) {
  const project::Migration& migration = script.of();
  const bool shared = migration.up && migration.down && migration.up->path == migration.down->path;
  if (!shared) return;
  ByteRange range = script.location().range;
  if (range.begin > 0) --range.begin;  // the line end of the mark
  while (!range.empty() &&
         std::string_view(" \t\r\n").find(text[range.end - 1]) != std::string_view::npos) {
    --range.end;
  }
  folds.add(range, FoldKind::kRegion);
}

bool is_line_comment(std::string_view text, ByteRange comment) {
  return !comment.of(text).starts_with("/*");
}

/// Comments to the end of their lines are one block as long as nothing stands between them.
void fold_comments(Folds& folds, const FeatureInput& input) {
  const std::string_view text = input.text().text();
  ByteRange block;
  for (const ByteRange comment : comments_of(input)) {
    const uint32_t line = input.text().lines().line_of(comment.begin);
    const uint32_t start = input.text().lines().line_range(text, line).begin;
    const bool alone = text.substr(start, comment.begin - start).find_first_not_of(" \t") ==
                       std::string_view::npos;
    const bool goes_on = alone && !block.empty() && is_line_comment(text, comment) &&
                         input.text().lines().line_of(block.end - 1) + 1 == line;
    if (goes_on) {
      block.end = comment.end;
      continue;
    }
    folds.add(block, FoldKind::kComment);
    block = {};
    if (!is_line_comment(text, comment)) {
      folds.add(comment, FoldKind::kComment);
    } else if (alone) {
      block = comment;
    }
  }
  folds.add(block, FoldKind::kComment);
}

}  // namespace

std::vector<ByteRange> comments_of(const FeatureInput& input) {
  if (input.document.config != nullptr || is_program(input.document)) return {};
  const Engine engine = input.document.histories.empty()
                            ? Engine::kPostgres
                            : input.document.histories.front().set->set->dialect.engine;
  Lexer lexer(input.text().text(), engine);
  for (Token token = lexer.next(); !lexer.at_end(token);) token = lexer.next();
  std::vector<ByteRange> out = std::move(lexer.comments());
  // A comment to the end of its line does not hold the line end.
  for (ByteRange& comment : out) {
    while (!comment.empty() && (comment.of(input.text().text()).back() == '\n' ||
                                comment.of(input.text().text()).back() == '\r')) {
      --comment.end;
    }
  }
  std::erase_if(out, [](ByteRange comment) { return comment.empty(); });
  return out;
}

std::vector<FoldingRange> folding_ranges(const FeatureInput& input) {
  Folds folds(input.text());
  if (!is_program(input.document)) {
    for (const DocumentScript& script : scripts_in(input.document)) {
      fold_section(folds, script, input.text().text());
      fold_statements(folds, *script.analyzed().parsed);
    }
    fold_comments(folds, input);
  }
  return std::move(folds).take();
}

}  // namespace belay::lsp

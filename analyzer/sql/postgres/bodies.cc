// The bodies of blocks and functions: out of their quotes, and to the parser of their language.

#include "analyzer/sql/postgres/bodies.h"

#include "analyzer/sql/postgres/fragment.h"
#include "analyzer/sql/postgres/plpgsql.h"
#include "analyzer/sql/routine_body.h"

namespace belay::sql::postgres {
namespace {

/// Bodies within bodies within ...: each level costs the levels above it once more.
constexpr int kMaxBodiesAround = 8;

struct Around {
  std::string_view statement;
  const SourceText& source;
  std::span<const Token> tokens;
  uint32_t token_base;
  int depth;

  ByteRange range(size_t token) const {
    const ByteRange r = tokens[token].range;
    return {r.begin - token_base, r.end - token_base};
  }
};

/// Takes the body out of its quotes. False where our reading of the string is not the grammar's:
/// pieces that are joined over line ends, escapes that we do not read.
bool unquote(const Around& around, const QuotedBody& quoted, SourceText& out) {
  const ByteRange first = around.range(quoted.tokens.first);
  const ByteRange range = {first.begin, around.range(quoted.tokens.last - 1).end};
  const std::string_view text = range.of(around.source.text());
  if (!quoted.quoted) {
    out.append(text, range.begin);
    return true;
  }
  return out.append_string(text, range.begin) && out.text() == quoted.text;
}

void give_up(RoutineBody& body, std::string why, ByteRange range) {
  body.unknown = std::move(why);
  Step step;
  step.kind = Step::Kind::kStatement;
  step.range = range;
  step.operations.push_back({range, Unknown{body.unknown}});
  body.steps.clear();
  body.steps.push_back(std::move(step));
}

std::vector<std::string> argument_names(const CreateFunction* function) {
  std::vector<std::string> out;
  if (function == nullptr) return out;
  for (const FunctionArgument& argument : function->arguments) {
    if (!argument.name.empty()) out.push_back(argument.name.id);
  }
  return out;
}

std::shared_ptr<const RoutineBody> read_body(const Around& around, const QuotedBody& quoted,
                                             const std::string& language,
                                             const CreateFunction* function) {
  auto body = std::make_shared<RoutineBody>();
  body->language = language;
  SourceText text(&around.source);
  const bool readable = unquote(around, quoted, text);
  if (readable) body->range = text.range({0, static_cast<uint32_t>(text.text().size())});
  if (language != "plpgsql" && language != "sql") {
    give_up(*body, "it is written in " + (language.empty() ? "no known language" : language),
            body->range);
  } else if (!readable) {
    give_up(*body, "its quotes cannot be traced to the text", body->range);
  } else if (around.depth >= kMaxBodiesAround) {
    give_up(*body, "it stands within too many others", body->range);
  } else {
    const Code code(around.statement, text, around.depth + 1);
    if (language == "plpgsql") {
      parse_plpgsql(code, argument_names(function), *body);
    } else {
      parse_sql_body(code, *body);
    }
    if (!body->unknown.empty()) give_up(*body, body->unknown, body->range);
  }
  finish(*body);
  return body;
}

void read_all(const Around& around, std::vector<Operation>& operations,
              const std::vector<QuotedBody>& bodies) {
  for (const QuotedBody& quoted : bodies) {
    OperationData& data = operations[quoted.operation].data;
    if (auto* block = std::get_if<DoBlock>(&data)) {
      block->code = read_body(around, quoted, block->language, nullptr);
      block->body = block->code->range;
    } else if (auto* function = std::get_if<CreateFunction>(&data)) {
      function->code = read_body(around, quoted, function->language, function);
      function->body = function->code->range;
    }
  }
}

}  // namespace

void read_bodies(std::string_view statement, std::span<const Token> tokens, uint32_t token_base,
                 std::vector<Operation>& operations, const std::vector<QuotedBody>& bodies) {
  const SourceText source = SourceText::whole(statement);
  read_all({statement, source, tokens, token_base, 0}, operations, bodies);
}

void read_nested_bodies(const Code& code, std::span<const Token> tokens,
                        std::vector<Operation>& operations, const std::vector<QuotedBody>& bodies) {
  read_all({code.statement, code.source, tokens, 0, code.depth}, operations, bodies);
}

}  // namespace belay::sql::postgres

// The side of the program: it waits to be asked, and asks back for each statement.
#include <string>
#include <utility>

#include <belay/batches.h>
#include <belay/migration_program.h>

#include "runtime/migrations/wire.h"

namespace belay::runtime {
namespace {

class Line {
 public:
  Line(std::istream& in, const std::function<void(std::string_view)>& out) : in_(in), out_(out) {}

  void tell(const Json& json) { out_(dump_json(json) + "\n"); }
  /// null where nobody asks any more.
  Json hear() {
    std::string line;
    return std::getline(in_, line) ? parse_json(line) : Json();
  }

 private:
  std::istream& in_;
  const std::function<void(std::string_view)>& out_;
};

/// The database as it is to be had over the line.
class DistantConnection : public Connection {
 public:
  DistantConnection(Line& line, const Json& question)
      : line_(line),
        engine_(wire::engine_from(text_at(question, "engine"))),
        version_(text_at(question, "engine_version")) {}

  Engine engine() const override { return engine_; }
  std::string engine_version() const override { return version_; }
  Result<void> run(const Script& script, uint32_t begin, uint32_t end,
                   std::span<const Value> parameters) override {
    return simply(ask("run", script.sql.substr(begin, end - begin), parameters));
  }
  Result<void> execute(std::string_view sql, std::span<const Value> parameters) override {
    return simply(ask("execute", sql, parameters));
  }
  Result<Rows> query(std::string_view sql, std::span<const Value> parameters) override {
    Result<Json> answer = ask("query", sql, parameters);
    if (!answer) return std::move(answer).error();
    return wire::rows_from(*answer);
  }
  Result<void> begin() override { return simply(ask("begin", "", {})); }
  Result<void> commit() override { return simply(ask("commit", "", {})); }
  Result<void> roll_back() override { return simply(ask("roll_back", "", {})); }
  bool in_transaction() const override { return in_transaction_; }
  const DatabaseError& last_error() const override { return error_; }
  int64_t affected_rows() const override { return affected_; }

 private:
  Result<Json> ask(const char* what, std::string_view sql, std::span<const Value> parameters) {
    line_.tell({{"tell", "statement"},
                {"what", what},
                {"sql", sql},
                {"parameters", wire::to_json(parameters)}});
    Json answer = line_.hear();
    error_ = {};
    if (const Json& error = at(answer, "error"); error.is_object() || !answer.is_object()) {
      Error found = answer.is_object() ? wire::error_from(error)
                                       : Error{"Belay does not answer any more", "", ""};
      error_.message = found.message;
      error_.hint = found.hint;
      error_.busy = flag_at(error, "busy");
      return found;
    }
    affected_ = number_at(answer, "affected");
    in_transaction_ = flag_at(answer, "in_transaction");
    return answer;
  }
  static Result<void> simply(const Result<Json>& answer) {
    return answer ? Result<void>() : Result<void>(answer.error());
  }

  Line& line_;
  Engine engine_;
  std::string version_;
  bool in_transaction_ = true;
  int64_t affected_ = 0;
  DatabaseError error_;
};

Result<void> run(const MigrationScript& migration, const Json& question, Line& line) {
  const bool down = text_at(question, "direction") == direction_name(Direction::kDown);
  const Script* script = !down ? &migration.up : migration.down ? &*migration.down : nullptr;
  if (script == nullptr) return Error{migration.display_name() + " has no down", "", ""};
  DistantConnection connection(line, question);
  if (!script->batched) return script->program(connection);
  if (flag_at(question, "at_end")) return script->batched->at_end(connection);
  return script->batched->work(connection, wire::batch_from(at(question, "batch")));
}

void answer(std::span<const MigrationScript> migrations, const Json& question, Line& line) {
  const std::string what = text_at(question, "ask");
  if (what == "migrations") {
    Json all = Json::array();
    for (const MigrationScript& migration : migrations) {
      all.push_back(wire::description_of(migration));
    }
    return line.tell(
        {{"tell", "migrations"}, {"protocol", wire::kProtocol}, {"migrations", std::move(all)}});
  }
  Result<void> ran = Error{"the program does not know the question `" + what + "`", "", ""};
  const std::string version = text_at(question, "version");
  if (what == "run") {
    ran = Error{"the program has no migration " + version + " any more", "", "build it again"};
    for (const MigrationScript& migration : migrations) {
      if (migration.version == version) ran = run(migration, question, line);
    }
  }
  line.tell(ran ? Json{{"tell", "done"}}
                : Json{{"tell", "failed"}, {"error", wire::to_json(ran.error())}});
}

}  // namespace

int serve_migrations(std::span<const MigrationScript> migrations, std::istream& questions,
                     const std::function<void(std::string_view line)>& tell) {
  Line line(questions, tell);
  for (Json question = line.hear(); question.is_object(); question = line.hear()) {
    answer(migrations, question, line);
  }
  return 0;
}

}  // namespace belay::runtime

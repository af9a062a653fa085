// Belay's side: the program is asked to run a migration, and its statements are run for it, on the
// connection of the session and in its transaction. The program knows neither the database's URL
// nor its password, and its death is a failed migration.
#include <unistd.h>

#include <memory>
#include <mutex>
#include <utility>

#include <belay/batches.h>
#include <belay/migration_program.h>

#include "runtime/io/child_process.h"
#include "runtime/migrations/wire.h"
#include "support/file_system.h"

namespace belay::runtime {
namespace {

class ProgramProcess {
 public:
  static Result<std::shared_ptr<ProgramProcess>> start(const std::vector<std::string>& command,
                                                       const std::string& directory,
                                                       const CancellationToken& cancellation) {
    ChildProcess::Request request;
    request.command = command;
    request.command.emplace_back("serve");
    request.directory = directory;
    request.writes_input = request.reads_output = request.shows_complaints = true;
    Result<ChildProcess> child = ChildProcess::start(request);
    if (!child) return std::move(child).error();
    return std::shared_ptr<ProgramProcess>(
        new ProgramProcess(*std::move(child), command[0], cancellation));
  }

  Result<Json> ask(const Json& question) {
    BELAY_TRY(tell(question));
    return hear();
  }

  /// Has the program work, and does for it what it asks for.
  Result<void> work(Connection& connection, Json question) {
    const std::lock_guard<std::mutex> one_at_a_time(mutex_);
    question["engine"] = wire::engine_word(connection.engine());
    question["engine_version"] = connection.engine_version();
    Result<Json> said = ask(question);
    for (; said && text_at(*said, "tell") == "statement"; said = hear()) {
      BELAY_TRY(tell(run(connection, *said)));
    }
    if (!said) return std::move(said).error();
    if (text_at(*said, "tell") == "done") return {};
    return wire::error_from(at(*said, "error"));
  }

 private:
  ProgramProcess(ChildProcess child, std::string name, CancellationToken cancellation)
      : child_(std::move(child)), name_(std::move(name)), cancellation_(std::move(cancellation)) {}

  static Json run(Connection& connection, const Json& statement) {
    const std::string what = text_at(statement, "what");
    const std::string sql = text_at(statement, "sql");
    const std::vector<Value> parameters = wire::values_from(at(statement, "parameters"));
    Json out = Json::object();
    Result<void> done;
    if (what == "query") {
      Result<Rows> rows = connection.query(sql, parameters);
      if (rows) {
        out = wire::to_json(*rows);
      } else {
        done = std::move(rows).error();
      }
    } else if (what == "execute") {
      done = connection.execute(sql, parameters);
    } else if (what == "run") {
      Script script;
      script.sql = sql;
      done = connection.run(script, 0, static_cast<uint32_t>(sql.size()), parameters);
    } else {
      done = what == "begin"       ? connection.begin()
             : what == "commit"    ? connection.commit()
             : what == "roll_back" ? connection.roll_back()
                                   : Error{"Belay cannot `" + what + "`", "", ""};
    }
    if (done) {
      out["affected"] = connection.affected_rows();
    } else {
      out = {{"error", wire::to_json(done.error())}};
      out["error"]["busy"] = connection.last_error().busy;
    }
    out["in_transaction"] = connection.in_transaction();
    return out;
  }

  Result<void> tell(const Json& json) {
    const Result<void> written = child_.write(dump_json(json) + "\n");
    return written ? written : Result<void>(ended());
  }

  Result<Json> hear() {
    Result<std::optional<std::string>> line = child_.read_line(cancellation_);
    if (!line) return std::move(line).error();
    if (!*line) return ended();
    Json out = parse_json(**line);
    if (out.is_object()) return out;
    return Error{"the program says something that Belay does not understand", name_,
                 "it has to be one that belay_add_migrations made"};
  }

  Error ended() {
    const Result<void> how = child_.wait();
    return {"the program with the C++ migrations has ended" +
                (how ? std::string() : ": " + how.error().message),
            name_, "what it has printed tells why"};
  }

  ChildProcess child_;
  std::string name_;
  CancellationToken cancellation_;
  std::mutex mutex_;
};

using Process = std::shared_ptr<ProgramProcess>;

/// `build/migrations` is found from the directory; a bare name in PATH.
std::string place_of_program(const std::string& name, const std::string& directory) {
  if (name.find('/') == std::string::npos) return find_program(name);
  return path::absolute(path::join(directory.empty() ? "." : directory, name));
}

Json question_for(const std::string& version, Direction direction) {
  return {{"ask", "run"}, {"version", version}, {"direction", direction_name(direction)}};
}

void connect(MigrationScript& migration, const Process& process) {
  const std::string version = migration.version;
  if (std::optional<BatchedProgram>& batched = migration.up.batched) {
    batched->work = [=](Connection& connection, const Batch& batch) {
      Json question = question_for(version, Direction::kUp);
      question["batch"] = wire::to_json(batch);
      return process->work(connection, std::move(question));
    };
    batched->at_end = [=](Connection& connection) {
      Json question = question_for(version, Direction::kUp);
      question["at_end"] = true;
      return process->work(connection, std::move(question));
    };
  } else {
    migration.up.program = [=](Connection& connection) {
      return process->work(connection, question_for(version, Direction::kUp));
    };
  }
  if (!migration.down) return;
  migration.down->program = [=](Connection& connection) {
    return process->work(connection, question_for(version, Direction::kDown));
  };
}

}  // namespace

Result<std::vector<MigrationScript>> migrations_of_program(const std::vector<std::string>& command,
                                                           const std::string& directory,
                                                           const CancellationToken& cancellation) {
  std::vector<std::string> words = command;
  words[0] = place_of_program(command[0], directory);
  if (words[0].empty() || ::access(words[0].c_str(), X_OK) != 0) {
    return Error{"the program with the C++ migrations is not there", command[0], "build it first"};
  }
  Result<Process> process = ProgramProcess::start(words, directory, cancellation);
  if (!process) return std::move(process).error();
  Result<Json> answer = (*process)->ask({{"ask", "migrations"}});
  if (!answer) return std::move(answer).error();
  if (number_at(*answer, "protocol") != wire::kProtocol) {
    return Error{"the program was built with another version of Belay", words[0],
                 "build it again with the one that you run"};
  }
  std::vector<MigrationScript> out;
  for (const Json& one : at(*answer, "migrations")) {
    connect(out.emplace_back(wire::migration_from(one)), *process);
  }
  return out;
}

}  // namespace belay::runtime

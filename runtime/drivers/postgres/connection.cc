// Statements go one by one, by the simple protocol, so that each error has its place and a
// transaction is what the script or the caller makes it. The answer is waited for with an eye on
// the cancellation token; cancelling asks the server to stop, and the answer then says that it did.
#include "runtime/drivers/postgres/connection.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>
#include <vector>

#include "analyzer/text/splitter.h"
#include "runtime/drivers/places.h"
#include "runtime/drivers/postgres/quote.h"
#include "runtime/drivers/postgres/settings.h"
#include "runtime/drivers/postgres/values.h"
#include "runtime/io/durable_file.h"
#include "runtime/io/fault.h"
#include "support/ascii.h"

namespace belay::runtime::postgres {
namespace {

/// `password` cannot be part of what anybody reads.
std::string without_password(std::string text, const std::string& password) {
  if (password.empty()) return text;
  for (size_t at = text.find(password); at != std::string::npos; at = text.find(password, at + 3)) {
    text.replace(at, password.size(), "***");
  }
  return text;
}

/// libpq's messages end with a newline, and some have several lines.
std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : ascii::trim(text)) {
    if (c == '\n' || c == '\t' || c == ' ') {
      if (!out.ends_with(' ')) out += ' ';
    } else {
      out += c;
    }
  }
  return out;
}

/// The byte at which the `position`th character from 1 begins.
size_t byte_of_character(std::string_view text, size_t position) {
  size_t at = 0;
  for (; at < text.size(); ++at) {
    constexpr unsigned kMask = 0xC0;
    constexpr unsigned kContinuation = 0x80;
    if ((static_cast<unsigned char>(text[at]) & kMask) == kContinuation) continue;
    if (--position == 0) break;
  }
  return at;
}

/// Options of a URL that are ours and not libpq's.
bool is_own_option(const std::string& name) { return name == kMaintenanceDatabase; }

bool is_error(ExecStatusType status) {
  return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
}

}  // namespace

PostgresConnection::PostgresConnection(const Library& library, PGconn* connection, std::string name,
                                       ConnectionOptions options)
    : library_(library),
      connection_(connection),
      name_(std::move(name)),
      options_(std::move(options)),
      deadline_(options_.statement_timeout) {
  library_.set_notice_receiver(connection_, on_notice, this);
}

PostgresConnection::~PostgresConnection() { library_.finish(connection_); }

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::open(
    const DatabaseUrl& url, const ConnectionOptions& options) {
  Result<const Library*> library = postgres::library();
  if (!library) return std::move(library).error();
  std::vector<const char*> names;
  std::vector<const char*> values;
  const auto add = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    names.push_back(name);
    values.push_back(value.c_str());
  };
  add("host", url.host);
  add("port", url.port);
  add("user", url.user);
  add("password", url.password);
  add("dbname", url.database);
  for (const auto& [name, value] : url.options) {
    if (!is_own_option(name)) add(name.c_str(), value);
  }
  names.insert(names.end(), {"client_encoding", "application_name", nullptr});
  values.insert(values.end(), {"UTF8", "belay", nullptr});
  PGconn* raw = (*library)->connect_start(names.data(), values.data(), /*expand_dbname=*/0);
  if (raw == nullptr) return Error{"out of memory", url.to_string(), ""};
  std::unique_ptr<PostgresConnection> connection(
      new PostgresConnection(**library, raw, url.to_string(), options));
  Result<void> established = connection->establish();
  if (established) return connection;
  Error error = std::move(established).error();
  error.message = without_password(std::move(error.message), url.password);
  return error;
}

Result<void> PostgresConnection::establish() {
  constexpr int kPauseMs = 50;
  constexpr auto kPatience = std::chrono::seconds(30);
  constexpr const char* kHint = "check that the server runs and that the URL is right";
  const auto begun = std::chrono::steady_clock::now();
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;
  while (status != PGRES_POLLING_OK) {
    if (status == PGRES_POLLING_FAILED || library_.status(connection_) == CONNECTION_BAD) {
      return Error{one_line(library_.error_message(connection_)), name_, kHint};
    }
    if (options_.cancellation.cancelled()) return Error{"cancelled", name_, ""};
    if (std::chrono::steady_clock::now() - begun > kPatience) {
      return Error{"the server does not answer", name_, kHint};
    }
    const short wanted = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    pollfd socket{library_.socket(connection_), wanted, 0};
    if (::poll(&socket, 1, kPauseMs) > 0) status = library_.connect_poll(connection_);
  }
  return {};
}

void PostgresConnection::on_notice(void* self, const PGresult* notice) {
  auto& connection = *static_cast<PostgresConnection*>(self);
  constexpr size_t kMost = 100;
  if (connection.notices_.size() >= kMost) return;
  connection.notices_.push_back(one_line(connection.library_.result_error_message(notice)));
}

std::string PostgresConnection::engine_version() const {
  const char* version = library_.parameter_status(connection_, "server_version");
  const std::string_view text = version == nullptr ? "" : version;
  return std::string(text.substr(0, text.find(' ')));  // `15.4 (Debian 15.4-1)`
}

bool PostgresConnection::in_transaction() const {
  const PGTransactionStatusType status = library_.transaction_status(connection_);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

Result<void> PostgresConnection::roll_back() {
  if (!in_transaction()) return {};
  const DatabaseError kept = error_;
  BELAY_TRY(execute("ROLLBACK", {}));
  publish_now();
  error_ = kept;
  return {};
}

Result<void> PostgresConnection::commit() {
  // The server answers COMMIT with ROLLBACK, and no error, where the transaction had failed.
  if (library_.transaction_status(connection_) == PQTRANS_INERROR) {
    (void)roll_back();
    error_ = {};
    error_.message = "the transaction had failed, so that the server would have rolled it back";
    return error_.to_error();
  }
  BELAY_TRY(execute("COMMIT", {}));
  publish_now();
  return {};
}

/// Statistics are written when a transaction ends, but not more than once a second; this asks for
/// it, and is a transaction that ends.
void PostgresConnection::publish_now() {
  constexpr int kFirstVersion = 15;
  if (!publishes_statistics_ || std::atoi(engine_version().c_str()) < kFirstVersion) return;
  const DatabaseError kept = error_;
  (void)execute("SELECT pg_stat_force_next_flush()");
  error_ = kept;
}

std::string PostgresConnection::own_table(std::string_view name) const {
  return (home_schema_.empty() ? "" : quote_name(home_schema_) + ".") + std::string(name);
}

Result<void> PostgresConnection::remember_home() {
  Result<Rows> rows = query("SELECT current_schema()");
  if (!rows) return std::move(rows).error();
  home_schema_ = rows->text();
  return {};
}

Error PostgresConnection::fail(const PGresult* result, std::string_view statement) {
  const auto field = [&](int code) -> std::string {
    const char* text = result == nullptr ? nullptr : library_.result_error_field(result, code);
    return text == nullptr ? "" : text;
  };
  error_ = {};
  error_.message = one_line(field(PG_DIAG_MESSAGE_PRIMARY));
  if (error_.message.empty()) error_.message = one_line(library_.error_message(connection_));
  if (const std::string detail = field(PG_DIAG_MESSAGE_DETAIL); !detail.empty()) {
    error_.message += ": " + one_line(detail);
  }
  error_.code_name = field(PG_DIAG_SQLSTATE);
  error_.hint = one_line(field(PG_DIAG_MESSAGE_HINT));
  error_.statement = shortened(statement);
  // A lock that is not to be had, an object in use, a deadlock.
  error_.busy =
      error_.code_name == "55P03" || error_.code_name == "55006" || error_.code_name == "40P01";
  error_.no_space = error_.code_name == "53100";
  error_.cancelled = error_.code_name == "57014" && cancelling_;
  Error error = error_.to_error();
  error.where = name_;
  return error;
}

Error PostgresConnection::fail_at(const PGresult* result, const Script& script,
                                  const Piece& piece) {
  const std::string_view statement =
      std::string_view(script.sql).substr(piece.begin, piece.end - piece.begin);
  (void)fail(result, statement);
  size_t offset = piece.begin;
  const char* position =
      result == nullptr ? nullptr : library_.result_error_field(result, PG_DIAG_STATEMENT_POSITION);
  if (position != nullptr) {
    offset += byte_of_character(statement, std::strtoul(position, nullptr, 10));
  }
  error_.place = place_of(script, offset);
  if (error_.cancelled && deadline_.passed() && !options_.cancellation.cancelled()) {
    deadline_.explain(error_);
  }
  return error_.to_error();
}

void PostgresConnection::cancel_on_server() {
  cancelling_ = true;
  PGcancel* handle = library_.get_cancel(connection_);
  if (handle == nullptr) return;
  constexpr int kBuffer = 256;
  char message[kBuffer];
  library_.cancel(handle, message, kBuffer);
  library_.free_cancel(handle);
}

void PostgresConnection::wait_for_input() {
  constexpr int kPauseMs = 50;
  while (library_.is_busy(connection_) != 0) {
    pollfd socket{library_.socket(connection_), POLLIN, 0};
    const int ready = ::poll(&socket, 1, kPauseMs);
    if (ready > 0 && library_.consume_input(connection_) == 0) return;
    if (cancelling_) continue;
    if (options_.cancellation.cancelled() || deadline_.passed()) cancel_on_server();
  }
}

ResultHandle PostgresConnection::collect(std::string_view copy_data) {
  ResultHandle counts(nullptr, ClearResult{&library_});
  for (;;) {
    wait_for_input();
    ResultHandle result(library_.get_result(connection_), ClearResult{&library_});
    if (result == nullptr) return counts;
    const ExecStatusType status = library_.result_status(result.get());
    if (status == PGRES_COPY_IN) {
      library_.put_copy_data(connection_, copy_data.data(), static_cast<int>(copy_data.size()));
      library_.put_copy_end(connection_, nullptr);
    } else if (status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
      // Nobody is there to take the rows.
      cancel_on_server();
    }
    if (counts == nullptr || !is_error(library_.result_status(counts.get()))) {
      counts = std::move(result);
    }
    if (library_.status(connection_) != CONNECTION_OK) return counts;
  }
}

bool PostgresConnection::send(const std::string& statement, std::span<const Value> parameters) {
  if (parameters.empty()) return library_.send_query(connection_, statement.c_str()) != 0;
  std::vector<std::optional<std::string>> values;
  std::vector<const char*> pointers;
  for (const Value& value : parameters) values.push_back(parameter_text(value));
  for (const auto& value : values) pointers.push_back(value ? value->c_str() : nullptr);
  return library_.send_query_params(connection_, statement.c_str(),
                                    static_cast<int>(pointers.size()), nullptr, pointers.data(),
                                    nullptr, nullptr, 0) != 0;
}

Result<void> PostgresConnection::run_piece(const Script& script, const Piece& piece,
                                           std::span<const Value> parameters) {
  const std::string statement = script.sql.substr(piece.begin, piece.end - piece.begin);
  if (options_.cancellation.cancelled()) {
    error_ = {};
    error_.cancelled = true;
    error_.place = place_of(script, piece.begin);
    return error_.to_error();
  }
  cancelling_ = false;
  if (const int injected = fault::before(fault::Operation::kStatement, statement)) {
    return file_error("the statement cannot be sent", name_, injected);
  }
  const StatementDeadline::Running running(deadline_);
  if (!send(statement, parameters)) return fail_at(nullptr, script, piece);
  const ResultHandle result = collect(piece.copy_data);
  if (result == nullptr || is_error(library_.result_status(result.get()))) {
    return fail_at(result.get(), script, piece);
  }
  fault::after(fault::Operation::kStatement, statement);
  note_affected_rows(result.get());
  return {};
}

Result<void> PostgresConnection::run(const Script& script, uint32_t begin, uint32_t end,
                                     std::span<const Value> parameters) {
  const std::string_view text = script.sql;
  std::vector<Piece> pieces;
  Splitter splitter(text, {begin, end}, belay::Engine::kPostgres);
  for (Segment segment; splitter.next(segment);) {
    if (segment.kind == SegmentKind::kCopyData) {
      std::string_view data = segment.range.of(text);
      // The mark that ends the rows is the client's, not the server's.
      if (const size_t mark = data.rfind("\\."); mark != std::string_view::npos) {
        data = data.substr(0, mark);
      }
      if (!pieces.empty()) pieces.back().copy_data = data;
      continue;
    }
    if (segment.kind == SegmentKind::kClientCommand) {
      const Piece piece{segment.range.begin, segment.range.end, {}};
      Error error = fail_at(nullptr, script, piece);
      error_.message = error.message = "`" + std::string(segment.range.of(text)) +
                                       "` is a command of psql, which the server does not know";
      return error;
    }
    pieces.push_back({segment.range.begin, segment.range.end, {}});
  }
  for (const Piece& piece : pieces) BELAY_TRY(run_piece(script, piece, parameters));
  return {};
}

Result<void> PostgresConnection::execute(std::string_view sql, std::span<const Value> parameters) {
  Result<Rows> rows = query(sql, parameters);
  if (!rows) return std::move(rows).error();
  return {};
}

Result<Rows> PostgresConnection::query(std::string_view sql, std::span<const Value> parameters) {
  BELAY_TRY(ask(sql, parameters));
  return answer();
}

Result<void> PostgresConnection::ask(std::string_view sql, std::span<const Value> parameters) {
  cancelling_ = false;
  asked_ = sql;
  const std::string text = parameters.empty() ? asked_ : numbered_parameters(sql);
  if (const int injected = fault::before(fault::Operation::kStatement, sql)) {
    return file_error("the statement cannot be sent", name_, injected);
  }
  if (!send(text, parameters)) return fail(nullptr, sql);
  return {};
}

Result<Rows> PostgresConnection::answer() {
  const ResultHandle result = collect({});
  if (result == nullptr || is_error(library_.result_status(result.get()))) {
    return fail(result.get(), asked_);
  }
  fault::after(fault::Operation::kStatement, asked_);
  note_affected_rows(result.get());
  return rows_of(library_, result.get());
}

void PostgresConnection::note_affected_rows(PGresult* result) {
  affected_rows_ = std::strtoll(library_.affected_rows(result), nullptr, 10);
}

}  // namespace belay::runtime::postgres

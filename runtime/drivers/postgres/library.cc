#include "runtime/drivers/postgres/library.h"

#include <dlfcn.h>

#include <string>

namespace belay::runtime::postgres {
namespace {

constexpr const char* kName = "libpq.so.5";

class Loader {
 public:
  Loader() : handle_(::dlopen(kName, RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) {
      problem_ = "the client library of PostgreSQL cannot be loaded";
      return;
    }
    find(functions_.connect_start, "PQconnectStartParams");
    find(functions_.connect_poll, "PQconnectPoll");
    find(functions_.connection_defaults, "PQconndefaults");
    find(functions_.free_connection_defaults, "PQconninfoFree");
    find(functions_.status, "PQstatus");
    find(functions_.error_message, "PQerrorMessage");
    find(functions_.finish, "PQfinish");
    find(functions_.socket, "PQsocket");
    find(functions_.backend_pid, "PQbackendPID");
    find(functions_.database, "PQdb");
    find(functions_.parameter_status, "PQparameterStatus");
    find(functions_.transaction_status, "PQtransactionStatus");
    find(functions_.set_notice_receiver, "PQsetNoticeReceiver");
    find(functions_.send_query, "PQsendQuery");
    find(functions_.send_query_params, "PQsendQueryParams");
    find(functions_.consume_input, "PQconsumeInput");
    find(functions_.is_busy, "PQisBusy");
    find(functions_.get_result, "PQgetResult");
    find(functions_.result_status, "PQresultStatus");
    find(functions_.result_error_field, "PQresultErrorField");
    find(functions_.result_error_message, "PQresultErrorMessage");
    find(functions_.affected_rows, "PQcmdTuples");
    find(functions_.clear, "PQclear");
    find(functions_.row_count, "PQntuples");
    find(functions_.column_count, "PQnfields");
    find(functions_.column_name, "PQfname");
    find(functions_.column_type, "PQftype");
    find(functions_.value, "PQgetvalue");
    find(functions_.length, "PQgetlength");
    find(functions_.is_null, "PQgetisnull");
    find(functions_.put_copy_data, "PQputCopyData");
    find(functions_.put_copy_end, "PQputCopyEnd");
    find(functions_.get_cancel, "PQgetCancel");
    find(functions_.cancel, "PQcancel");
    find(functions_.free_cancel, "PQfreeCancel");
  }

  Result<const Library*> get() const {
    if (problem_.empty()) return &functions_;
    return Error{problem_, kName, "install it: libpq5 on Debian, postgresql-libs on Red Hat"};
  }

 private:
  template <class Function>
  void find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(::dlsym(handle_, name));
    if (function == nullptr && problem_.empty()) {
      problem_ = std::string("the client library of PostgreSQL has no ") + name;
    }
  }

  void* handle_;  // never closed: connections may live as long as the process
  Library functions_;
  std::string problem_;
};

}  // namespace

Result<const Library*> library() {
  static const Loader loader;
  return loader.get();
}

}  // namespace belay::runtime::postgres

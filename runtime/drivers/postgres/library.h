#pragma once

#include <libpq-fe.h>

#include <belay/result.h>

namespace belay::runtime::postgres {

/// The functions of libpq that the driver calls. The library is loaded when the first connection
/// is made, so that nobody needs it, or waits for it, who has no PostgreSQL.
struct Library {
  decltype(&::PQconnectStartParams) connect_start = nullptr;
  decltype(&::PQconnectPoll) connect_poll = nullptr;
  decltype(&::PQconndefaults) connection_defaults = nullptr;
  decltype(&::PQconninfoFree) free_connection_defaults = nullptr;
  decltype(&::PQstatus) status = nullptr;
  decltype(&::PQerrorMessage) error_message = nullptr;
  decltype(&::PQfinish) finish = nullptr;
  decltype(&::PQsocket) socket = nullptr;
  decltype(&::PQbackendPID) backend_pid = nullptr;
  decltype(&::PQdb) database = nullptr;
  decltype(&::PQparameterStatus) parameter_status = nullptr;
  decltype(&::PQtransactionStatus) transaction_status = nullptr;
  decltype(&::PQsetNoticeReceiver) set_notice_receiver = nullptr;
  decltype(&::PQsendQuery) send_query = nullptr;
  decltype(&::PQsendQueryParams) send_query_params = nullptr;
  decltype(&::PQconsumeInput) consume_input = nullptr;
  decltype(&::PQisBusy) is_busy = nullptr;
  decltype(&::PQgetResult) get_result = nullptr;
  decltype(&::PQresultStatus) result_status = nullptr;
  decltype(&::PQresultErrorField) result_error_field = nullptr;
  decltype(&::PQresultErrorMessage) result_error_message = nullptr;
  decltype(&::PQcmdTuples) affected_rows = nullptr;
  decltype(&::PQclear) clear = nullptr;
  decltype(&::PQntuples) row_count = nullptr;
  decltype(&::PQnfields) column_count = nullptr;
  decltype(&::PQfname) column_name = nullptr;
  decltype(&::PQftype) column_type = nullptr;
  decltype(&::PQgetvalue) value = nullptr;
  decltype(&::PQgetlength) length = nullptr;
  decltype(&::PQgetisnull) is_null = nullptr;
  decltype(&::PQputCopyData) put_copy_data = nullptr;
  decltype(&::PQputCopyEnd) put_copy_end = nullptr;
  decltype(&::PQgetCancel) get_cancel = nullptr;
  decltype(&::PQcancel) cancel = nullptr;
  decltype(&::PQfreeCancel) free_cancel = nullptr;
};

/// The library, loaded at the first call; any thread may call. Errors: it is not installed.
Result<const Library*> library();

}  // namespace belay::runtime::postgres

// A server that steps aside while a session of Belay is open: it answers 503, tells when to come
// again, and says what goes on, in JSON to programs and in HTML to people.
//
//   server PORT FLAG_FILE
//
// PORT 0 takes any; the port is printed. It listens on loopback.
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

#include <belay/maintenance.h>

namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

constexpr const char* kWhatToDo =
    "The database is being changed. Nothing is lost: try again in a minute. Whoever runs the "
    "change "
    "can look with `belay status`, and end it with `belay commit` or `belay rollback`.";

Response unavailable(const Request& request, const std::string& flag) {
  Response response{http::status::service_unavailable, request.version()};
  response.set(http::field::retry_after, "60");
  response.set(http::field::cache_control, "no-store");
  const auto accept = request[http::field::accept];
  if (accept.find("text/html") != boost::beast::string_view::npos) {
    response.set(http::field::content_type, "text/html; charset=utf-8");
    response.body() = std::string("<!doctype html><title>Back soon</title><h1>Back soon</h1><p>") +
                      kWhatToDo + "</p>";
  } else {
    response.set(http::field::content_type, "application/json");
    response.body() = std::string("{\"error\":\"maintenance\",\"message\":\"") + kWhatToDo +
                      "\",\"migration\":" + (flag.empty() ? "null" : flag) + "}";
  }
  return response;
}

/// What the application does when nobody is in its way.
Response handle(const Request& request) {
  Response response{http::status::ok, request.version()};
  response.set(http::field::content_type, "text/plain");
  response.body() = "hello\n";
  return response;
}

void serve(tcp::socket socket, const std::string& flag_file) {
  boost::beast::flat_buffer buffer;
  boost::beast::error_code error;
  for (;;) {
    Request request;
    http::read(socket, buffer, request, error);
    if (error) return;
    // Asked anew for every request: it costs one stat.
    Response response = belay::migration_in_progress(flag_file)
                            ? unavailable(request, belay::migration_flag(flag_file))
                            : handle(request);
    response.keep_alive(request.keep_alive());
    response.prepare_payload();
    http::write(socket, response, error);
    if (error || !response.keep_alive()) return;
  }
}

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: server PORT FLAG_FILE\n";
    return 2;
  }
  const std::string flag_file = argv[2];
  boost::asio::io_context context;
  const auto port = static_cast<unsigned short>(std::atoi(argv[1]));
  tcp::acceptor acceptor(context, {boost::asio::ip::address_v4::loopback(), port});
  std::cout << acceptor.local_endpoint().port() << std::endl;
  for (;;) {
    std::thread(serve, acceptor.accept(), flag_file).detach();
  }
}

#include <iostream>

#include "lsp/server.h"
#include "lsp/transport/memory_connection.h"
#include "tests/lsp/support/wire.h"

namespace belay::lsp::testing {

class MemoryWire::Connection {
 public:
  explicit Connection(const FileSystem& disk) : log_(Log::Level::kError, print) {
    server_ = std::make_unique<Server>(wire_, wire_, disk, log_, ServerOptions{"test"});
  }

  MemoryConnection& wire() { return wire_; }
  Server& server() { return *server_; }

 private:
  static void print(Log::Level level, std::string_view line) {
    std::cerr << Log::level_name(level) << ": " << line << '\n';
  }

  Log log_;
  MemoryConnection wire_;
  std::unique_ptr<Server> server_;  // ends before the wire, which drops what is posted then
};

MemoryWire::MemoryWire(const FileSystem& disk) : connection_(std::make_unique<Connection>(disk)) {}
MemoryWire::~MemoryWire() = default;

void MemoryWire::send(std::string_view body) { connection_->server().on_message(body); }
std::optional<std::string> MemoryWire::receive(std::chrono::milliseconds patience) {
  return connection_->wire().next(patience);
}
bool MemoryWire::stopped() const { return connection_->wire().stopped(); }
int MemoryWire::exit_code() const { return connection_->server().exit_code(); }

}  // namespace belay::lsp::testing

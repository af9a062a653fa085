// What libpqxx declares, as far as the tests call it: of 6.x and of 7.x.
#pragma once
#include <string>
#include <string_view>

namespace pqxx {
struct zview : std::string_view {
  zview(const char* text);
  zview(const std::string& text);
};
struct prepped : zview {
  explicit prepped(const char* name);
};
struct params {
  template <class... Values>
  explicit params(const Values&...);
};
struct result {
  template <class Function>
  void for_each(Function&&) const {}
};
class connection {
 public:
  void prepare(zview name, zview definition);
  void prepare(zview definition);
  std::string quote_name(std::string_view) const;
};
class transaction_base {
 public:
  result exec(std::string_view query, std::string_view description);
  result exec(std::string_view query, const params&);
  result exec(std::string_view query);
  result exec(prepped);
  result exec_n(int rows, zview query);
  template <class... Arguments>
  result exec_params(zview query, Arguments&&...);
  template <class Function>
  void for_stream(std::string_view query, Function&&) {}
  std::string esc(std::string_view) const;
  template <class T>
  std::string quote(const T&) const;
};
class dbtransaction : public transaction_base {};
template <int isolation = 0>
class transaction : public dbtransaction {
 public:
  explicit transaction(connection&);
};
using work = transaction<>;
template <class T>
std::string to_string(const T&);
}  // namespace pqxx

// What SOCI declares, as far as the tests call it.
#pragma once
#include <string>

namespace soci {
class session;
namespace details {
struct use_type_ptr {};
struct into_type_ptr {};
struct once_temp_type {
  template <class T>
  once_temp_type& operator<<(const T&);
  once_temp_type& operator,(const use_type_ptr&);
  once_temp_type& operator,(const into_type_ptr&);
};
struct prepare_temp_type : once_temp_type {
  template <class T>
  prepare_temp_type& operator<<(const T&);
};
struct once_type {
  template <class T>
  once_temp_type operator<<(const T&);
};
struct prepare_type {
  template <class T>
  prepare_temp_type operator<<(const T&);
};
}  // namespace details
class session {
 public:
  details::once_type once;
  details::prepare_type prepare;
  template <class T>
  details::once_temp_type operator<<(const T&);
};
struct statement {
  statement(const details::prepare_temp_type&);
};
template <class T>
details::use_type_ptr use(T&);
template <class T>
details::into_type_ptr into(T&);
}  // namespace soci

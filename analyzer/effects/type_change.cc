#include "analyzer/effects/type_change.h"

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace belay::effects {
namespace {

using schema::Type;

/// A modifier as a number; none where it is not written or no number.
std::optional<int> modifier(const Type& type, size_t index) {
  if (index >= type.modifiers.size()) return std::nullopt;
  const std::string& text = type.modifiers[index];
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Whether a limit did not become stricter. No limit is the widest.
bool limit_kept(std::optional<int> from, std::optional<int> to) {
  return !to || (from && *to >= *from);
}

bool is_any_of(std::string_view name, std::initializer_list<std::string_view> names) {
  for (std::string_view n : names) {
    if (n == name) return true;
  }
  return false;
}

/// How a chain of domains ends: the type below, unless one of them has constraints.
std::optional<Type> unconstrained_base(Type type, const schema::Schema& schema) {
  for (int depth = 0; depth < 16; ++depth) {
    const schema::UserType* user = schema.type(type.name);
    if (user == nullptr || user->form != schema::UserType::Form::kDomain) return type;
    if (user->constrained()) return std::nullopt;
    type = user->base;
  }
  return std::nullopt;
}

TypeChange numeric_change(const Type& from, const Type& to) {
  const auto from_scale = modifier(from, 1).value_or(0);
  const auto to_scale = modifier(to, 1).value_or(0);
  if (to.modifiers.empty()) return TypeChange::kMetadata;
  if (from.modifiers.empty() || from_scale != to_scale) return TypeChange::kRewrite;
  return limit_kept(modifier(from, 0), modifier(to, 0)) ? TypeChange::kMetadata
                                                        : TypeChange::kRewrite;
}

/// Time types carry a precision; 6 is the default and the most.
bool precision_kept(const Type& from, const Type& to) {
  constexpr int kMaxPrecision = 6;
  const int before = modifier(from, from.modifiers.empty() ? 0 : from.modifiers.size() - 1)
                         .value_or(kMaxPrecision);
  const int after =
      modifier(to, to.modifiers.empty() ? 0 : to.modifiers.size() - 1).value_or(kMaxPrecision);
  return after >= before;
}

TypeChange same_name_change(const Type& from, const Type& to) {
  const std::string& name = from.name;
  if (is_any_of(name, {"varchar", "varbit"})) {
    return limit_kept(modifier(from, 0), modifier(to, 0)) ? TypeChange::kMetadata
                                                          : TypeChange::kRewrite;
  }
  if (name == "numeric") return numeric_change(from, to);
  if (is_any_of(name, {"timestamp", "timestamptz", "time", "timetz", "interval"})) {
    return precision_kept(from, to) ? TypeChange::kMetadata : TypeChange::kRewrite;
  }
  return from.modifiers == to.modifiers ? TypeChange::kMetadata : TypeChange::kRewrite;
}

/// The rank of the number types by what they can hold without loss; 0 for others.
int integer_rank(std::string_view name) {
  if (name == "int2") return 1;
  if (name == "int4") return 2;
  if (name == "int8") return 3;
  return 0;
}

/// Whether a numeric has as many digits on both sides of the point as before.
bool keeps_digits(const Type& from, const Type& to) {
  if (to.modifiers.empty()) return true;
  const auto old_precision = modifier(from, 0);
  const auto precision = modifier(to, 0);
  if (!old_precision || !precision) return false;
  const int old_scale = modifier(from, 1).value_or(0);
  const int scale = modifier(to, 1).value_or(0);
  return scale >= old_scale && *precision - scale >= *old_precision - old_scale;
}

}  // namespace

TypeChange type_change(const Type& from, const Type& to, const schema::Schema& schema) {
  if (from == to) return TypeChange::kMetadata;
  if (from.array_dimensions != to.array_dimensions) return TypeChange::kRewrite;
  const std::optional<Type> new_base = unconstrained_base(to, schema);
  if (!new_base) return TypeChange::kRewrite;  // a domain whose constraints must be checked
  const schema::UserType* old_user = schema.type(from.name);
  if (old_user != nullptr && old_user->form == schema::UserType::Form::kDomain) {
    return type_change(old_user->base, to, schema);
  }
  if (*new_base != to) return type_change(from, *new_base, schema);
  if (from.name == to.name) return same_name_change(from, to);
  const bool to_unlimited_text =
      to.name == "text" || (to.name == "varchar" && to.modifiers.empty());
  if (from.name == "varchar" && to_unlimited_text) return TypeChange::kMetadata;
  if (from.name == "text" && to_unlimited_text) return TypeChange::kMetadata;
  if (is_any_of(from.name, {"xml", "citext"}) && to_unlimited_text) {
    return from.name == "xml" ? TypeChange::kMetadata : TypeChange::kReindex;
  }
  if (to.name == "citext" && (from.name == "text" || from.name == "varchar")) {
    return TypeChange::kReindex;
  }
  if (from.name == "cidr" && to.name == "inet") return TypeChange::kMetadata;
  if (from.name == "bit" && to.name == "varbit") {
    return limit_kept(modifier(from, 0).value_or(1), modifier(to, 0)) ? TypeChange::kMetadata
                                                                      : TypeChange::kRewrite;
  }
  const bool between_timestamps = (from.name == "timestamp" && to.name == "timestamptz") ||
                                  (from.name == "timestamptz" && to.name == "timestamp");
  if (between_timestamps) {
    return precision_kept(from, to) ? TypeChange::kMetadataInUtc : TypeChange::kRewrite;
  }
  return TypeChange::kRewrite;
}

ValueChange value_change(const Type& from, const Type& to) {
  if (from == to) return ValueChange::kKept;
  if (from.array_dimensions != to.array_dimensions) return ValueChange::kConverted;
  const int old_rank = integer_rank(from.name);
  const int new_rank = integer_rank(to.name);
  if (old_rank != 0 && new_rank != 0) {
    return new_rank >= old_rank ? ValueChange::kKept : ValueChange::kNarrowed;
  }
  const auto is_text = [](const Type& t) {
    return is_any_of(t.name, {"text", "varchar", "bpchar", "citext"});
  };
  if (is_text(from) && is_text(to)) {
    const bool unlimited = to.modifiers.empty() && to.name != "bpchar";
    return unlimited || limit_kept(modifier(from, 0), modifier(to, 0)) ? ValueChange::kKept
                                                                       : ValueChange::kNarrowed;
  }
  if (is_text(to)) return to.modifiers.empty() ? ValueChange::kConverted : ValueChange::kNarrowed;
  if (from.name == "numeric" && to.name == "numeric") {
    return keeps_digits(from, to) ? ValueChange::kKept : ValueChange::kNarrowed;
  }
  if (from.name == to.name) {
    return same_name_change(from, to) == TypeChange::kMetadata ? ValueChange::kKept
                                                               : ValueChange::kNarrowed;
  }
  if (old_rank != 0 && to.name == "numeric" && to.modifiers.empty()) return ValueChange::kKept;
  if (from.name == "float4" && to.name == "float8") return ValueChange::kKept;
  if (from.name == "json" && to.name == "jsonb") return ValueChange::kNarrowed;
  if (from.name == "timestamptz" && is_any_of(to.name, {"timestamp", "date", "time"})) {
    return ValueChange::kNarrowed;
  }
  if (from.name == "timestamp" && is_any_of(to.name, {"date", "time"})) {
    return ValueChange::kNarrowed;
  }
  if (is_any_of(from.name, {"numeric", "float4", "float8"}) && new_rank != 0) {
    return ValueChange::kNarrowed;
  }
  return ValueChange::kConverted;
}

}  // namespace belay::effects

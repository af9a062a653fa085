#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace belay::workbench {

/// What is known of an object: attribute to value. An attribute that says nothing is left out.
///
/// Two attributes have a meaning of their own. `of` names the table that the object belongs to: of
/// a table that is missing nothing more is told. `rank` is the object's place among those of its
/// table; ranks are compared as orders, so that a column too many does not move all behind it.
using Attributes = std::map<std::string, std::string, std::less<>>;

/// What an engine's catalogs hold: kind (`table`, `column`, ...) to object id to attributes. Ids
/// are unique within their kind and read as people write them: `public.orders.total`.
using Catalog = std::map<std::string, std::map<std::string, Attributes>, std::less<>>;

inline constexpr std::string_view kOwner = "of";
inline constexpr std::string_view kRank = "rank";
/// The values of an enum type in their order, a line each.
inline constexpr std::string_view kEnumValues = "values";

/// One way in which two catalogs differ.
struct Difference {
  enum class How : uint8_t {
    kMissing,  ///< in the first one only
    kExtra,    ///< in the second one only
    kChanged,
    kRenamed,  ///< the same but for its name; only where names carry no data: indexes, constraints
  };
  struct Attribute {
    std::string name;
    std::string before;  ///< empty: not there
    std::string after;

    friend bool operator==(const Attribute&, const Attribute&) = default;
  };

  How how = How::kChanged;
  std::string kind;
  std::string id;
  std::string new_id;                 ///< of kRenamed
  std::vector<Attribute> attributes;  ///< of kChanged, by name

  /// Whether it is about nothing but the order of columns or enum values.
  bool only_order() const;

  friend bool operator==(const Difference&, const Difference&) = default;
};

/// `missing`, `extra`, `changed`, `renamed`.
std::string_view how_name(Difference::How how);

/// What turns `before` into `after`, by kind and id. Objects of a table that only one of them has
/// are not told besides the table.
std::vector<Difference> compare(const Catalog& before, const Catalog& after);

}  // namespace belay::workbench

#include "workbench/verify/catalog.h"

#include <algorithm>
#include <set>

#include "support/ascii.h"

namespace belay::workbench {
namespace {

using Objects = std::map<std::string, Attributes>;

constexpr std::string_view kColumnOrder = "column order";
constexpr std::string_view kValueOrder = "value order";

const Objects& objects_of(const Catalog& catalog, std::string_view kind) {
  static const Objects kNone;
  const auto found = catalog.find(kind);
  return found == catalog.end() ? kNone : found->second;
}

std::string value_of(const Attributes& attributes, std::string_view name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::string() : found->second;
}

std::string_view last_part(std::string_view id) {
  const size_t dot = id.rfind('.');
  return dot == std::string_view::npos ? id : id.substr(dot + 1);
}

/// `text` with the whole word `name` replaced wherever it stands.
std::string without_name(std::string text, std::string_view name) {
  for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    if (at > 0 && ascii::is_word(text[at - 1])) continue;
    if (end < text.size() && ascii::is_word(text[end])) continue;
    text.replace(at, name.size(), "?");
  }
  return text;
}

/// The attributes with the object's own name, and what is said about it, left out.
Attributes nameless(const Attributes& attributes, std::string_view id) {
  Attributes out;
  for (const auto& [key, value] : attributes) {
    if (key != "comment") out.emplace(key, without_name(value, last_part(id)));
  }
  return out;
}

std::string sorted_lines(std::string_view text) {
  std::multiset<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

class Comparison {
 public:
  Comparison(const Catalog& before, const Catalog& after) : before_(before), after_(after) {
    const Objects& tables_before = objects_of(before, "table");
    const Objects& tables_after = objects_of(after, "table");
    for (const auto& [id, attributes] : tables_before) {
      if (!tables_after.contains(id)) lone_tables_.insert(id);
    }
    for (const auto& [id, attributes] : tables_after) {
      if (!tables_before.contains(id)) lone_tables_.insert(id);
    }
  }

  std::vector<Difference> run() {
    std::set<std::string> kinds;
    for (const auto& [kind, objects] : before_) kinds.insert(kind);
    for (const auto& [kind, objects] : after_) kinds.insert(kind);
    for (const std::string& kind : kinds) {
      kind_ = kind;
      compare_kind(objects_of(before_, kind), objects_of(after_, kind));
    }
    compare_column_orders();
    return std::move(out_);
  }

 private:
  void compare_kind(const Objects& before, const Objects& after) {
    std::vector<std::string> missing = only_in(before, after);
    std::vector<std::string> extra = only_in(after, before);
    if (kind_ == "index" || kind_ == "constraint") pair_renamed(before, after, missing, extra);
    for (const std::string& id : missing)
      out_.push_back({Difference::How::kMissing, kind_, id, {}, {}});
    for (const std::string& id : extra)
      out_.push_back({Difference::How::kExtra, kind_, id, {}, {}});
    for (const auto& [id, attributes] : before) {
      const auto other = after.find(id);
      if (other != after.end()) compare_object(id, attributes, other->second);
    }
  }

  std::vector<std::string> only_in(const Objects& these, const Objects& others) const {
    std::vector<std::string> out;
    for (const auto& [id, attributes] : these) {
      if (others.contains(id)) continue;
      if (kind_ != "table" && lone_tables_.contains(value_of(attributes, kOwner))) continue;
      out.push_back(id);
    }
    return out;
  }

  void pair_renamed(const Objects& before, const Objects& after, std::vector<std::string>& missing,
                    std::vector<std::string>& extra) {
    std::erase_if(missing, [&](const std::string& old_id) {
      const Attributes old = nameless(before.at(old_id), old_id);
      const auto twin = std::find_if(extra.begin(), extra.end(), [&](const std::string& id) {
        return nameless(after.at(id), id) == old;
      });
      if (twin == extra.end()) return false;
      out_.push_back({Difference::How::kRenamed, kind_, old_id, *twin, {}});
      extra.erase(twin);
      return true;
    });
  }

  void compare_object(const std::string& id, const Attributes& before, const Attributes& after) {
    std::set<std::string> names;
    for (const auto& [name, value] : before) names.insert(name);
    for (const auto& [name, value] : after) names.insert(name);
    Difference difference{Difference::How::kChanged, kind_, id, {}, {}};
    for (const std::string& name : names) {
      if (name == kRank) continue;
      std::string a = value_of(before, name);
      std::string b = value_of(after, name);
      if (a == b) continue;
      const bool reordered = name == kEnumValues && sorted_lines(a) == sorted_lines(b);
      difference.attributes.push_back(
          {reordered ? std::string(kValueOrder) : name, std::move(a), std::move(b)});
    }
    if (!difference.attributes.empty()) out_.push_back(std::move(difference));
  }

  /// The columns of a table that the other catalog has, too, in their order.
  using Orders = std::map<std::string, std::map<uint64_t, std::string>>;
  static Orders shared_columns(const Catalog& catalog, const Catalog& other) {
    Orders out;
    const Objects& others = objects_of(other, "column");
    for (const auto& [id, attributes] : objects_of(catalog, "column")) {
      if (!others.contains(id)) continue;
      uint64_t rank = 0;
      for (const char c : value_of(attributes, kRank)) {
        constexpr uint64_t kTen = 10;
        if (ascii::is_digit(c)) rank = rank * kTen + static_cast<uint64_t>(c - '0');
      }
      out[value_of(attributes, kOwner)][rank] = std::string(last_part(id));
    }
    return out;
  }

  void compare_column_orders() {
    const Orders before = shared_columns(before_, after_);
    const Orders after = shared_columns(after_, before_);
    for (const auto& [table, columns] : before) {
      const auto other = after.find(table);
      if (other == after.end()) continue;
      std::string a = joined(columns);
      std::string b = joined(other->second);
      if (a == b) continue;
      out_.push_back({Difference::How::kChanged,
                      "table",
                      table,
                      {},
                      {{std::string(kColumnOrder), std::move(a), std::move(b)}}});
    }
  }

  static std::string joined(const std::map<uint64_t, std::string>& columns) {
    std::string out;
    for (const auto& [rank, name] : columns) out += (out.empty() ? "" : ", ") + name;
    return out;
  }

  const Catalog& before_;
  const Catalog& after_;
  std::string kind_;
  std::set<std::string> lone_tables_;
  std::vector<Difference> out_;
};

}  // namespace

bool Difference::only_order() const {
  return how == Difference::How::kChanged &&
         std::all_of(attributes.begin(), attributes.end(), [](const Attribute& a) {
           return a.name == kColumnOrder || a.name == kValueOrder;
         });
}

std::string_view how_name(Difference::How how) {
  switch (how) {
    case Difference::How::kMissing: return "missing";
    case Difference::How::kExtra: return "extra";
    case Difference::How::kChanged: return "changed";
    case Difference::How::kRenamed: return "renamed";
  }
  return "";
}

std::vector<Difference> compare(const Catalog& before, const Catalog& after) {
  return Comparison(before, after).run();
}

}  // namespace belay::workbench

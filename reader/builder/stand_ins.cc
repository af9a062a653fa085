#include "reader/builder/stand_ins.h"

#include <string_view>
#include <utility>
#include <vector>

#include "support/ascii.h"

namespace belay::reader {
namespace {

constexpr int kLargestNumber = 1'907'000'000;
constexpr int kMostNumbers = 1'000'000;

struct Found {
  size_t length = 0;
  size_t stand_in = 0;
  bool is_quoted = false;
};

size_t digits_from(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && ascii::is_digit(text[end])) ++end;
  return end;
}

/// `Zq"'7z`, in whatever quotes it has come into.
Found text_at(std::string_view sql, size_t at) {
  struct Spelling {
    std::string_view text;
    bool is_quoted;
  };
  for (const Spelling& one : {Spelling{"Zq\"\"'", true}, {"Zq\"''", true}, {"Zq\"'", false}}) {
    if (!sql.substr(at).starts_with(one.text)) continue;
    const size_t begin = at + one.text.size();
    const size_t end = digits_from(sql, begin);
    if (end == begin || end == sql.size() || sql[end] != 'z') continue;
    return {end + 1 - at, std::stoul(std::string(sql.substr(begin, end - begin))), one.is_quoted};
  }
  return {};
}

Found number_at(std::string_view sql, size_t at) {
  const size_t end = digits_from(sql, at);
  if (end - at != 10 || (at > 0 && ascii::is_digit(sql[at - 1]))) return {};
  const long long number = std::stoll(std::string(sql.substr(at, 10)));
  if (number > kLargestNumber || number <= kLargestNumber - kMostNumbers) return {};
  return {10, static_cast<size_t>(kLargestNumber - number), true};
}

/// A statement as it is written anew, with where each byte has come to stand.
struct Rewritten {
  std::string sql;
  std::vector<uint32_t> places;
  std::vector<cpp::BuilderStatement::Hole> holes;
};

Rewritten rewritten(std::string_view sql) {
  Rewritten out;
  for (size_t i = 0; i < sql.size();) {
    Found found = text_at(sql, i);
    if (found.length == 0) found = number_at(sql, i);
    const auto at = static_cast<uint32_t>(out.sql.size());
    if (found.length == 0) {
      out.places.push_back(at);
      out.sql += sql[i++];
      continue;
    }
    // Quotes around nothing else go with it.
    const size_t end = i + found.length;
    const bool alone = found.is_quoted && i > 0 && end < sql.size() && sql[i - 1] == sql[end] &&
                       (sql[end] == '"' || sql[end] == '\'');
    if (alone) out.sql.back() = '?';
    if (!alone) out.sql += '?';
    const auto begin = static_cast<uint32_t>(out.sql.size() - 1);
    out.holes.push_back({{begin, begin + 1}, found.stand_in, {}, found.is_quoted});
    out.places.insert(out.places.end(), found.length + (alone ? 1 : 0), begin);
    i = end + (alone ? 1 : 0);
  }
  out.places.push_back(static_cast<uint32_t>(out.sql.size()));
  return out;
}

}  // namespace

std::string text_for(size_t stand_in) { return "Zq\"'" + std::to_string(stand_in) + "z"; }

int number_for(size_t stand_in) {
  return kLargestNumber - static_cast<int>(stand_in % kMostNumbers);
}

void open_holes(cpp::BuilderStatement& statement) {
  Rewritten now = rewritten(statement.sql);
  for (cpp::BuilderStatement::Part& part : statement.parts) {
    part.range = {now.places[part.range.begin], now.places[part.range.end]};
  }
  statement.sql = std::move(now.sql);
  for (auto& hole : now.holes) statement.holes.push_back(std::move(hole));
}

}  // namespace belay::reader

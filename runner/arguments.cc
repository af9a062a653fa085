#include "runner/arguments.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace belay::runner {

Result<Arguments> Arguments::read(std::span<const std::string_view> words,
                                  std::span<const Option> known, size_t positional) {
  Arguments out;
  for (size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    if (!word.starts_with("--")) {
      if (out.words_.size() == positional) {
        return Error{"`" + std::string(word) + "` is one word too many", "", ""};
      }
      out.words_.emplace_back(word);
      continue;
    }
    std::optional<std::string_view> value;
    if (const size_t equals = word.find('='); equals != std::string_view::npos) {
      value = word.substr(equals + 1);
      word = word.substr(0, equals);
    }
    const auto option = std::find_if(known.begin(), known.end(),
                                     [&](const Option& o) { return o.name == word; });
    if (option == known.end()) {
      return Error{"there is no option `" + std::string(word) + "` here", "", "see --help"};
    }
    if (option->value.empty()) {
      if (value) return Error{std::string(word) + " takes no value", "", ""};
      value = "";
    } else if (!value) {
      if (++i == words.size()) {
        return Error{std::string(word) + " needs a value: " + std::string(option->value), "", ""};
      }
      value = words[i];
    }
    out.options_[std::string(word)].emplace_back(*value);
  }
  return out;
}

std::string Arguments::value(std::string_view option) const {
  const auto found = options_.find(option);
  return found == options_.end() ? std::string() : found->second.back();
}

std::vector<std::string> Arguments::values(std::string_view option) const {
  const auto found = options_.find(option);
  return found == options_.end() ? std::vector<std::string>() : found->second;
}

Result<size_t> Arguments::number(std::string_view option, size_t otherwise) const {
  if (!has(option)) return otherwise;
  const std::string text = value(option);
  size_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc{} && end == text.data() + text.size()) return out;
  return Error{"`" + text + "` is no whole number", std::string(option), ""};
}

}  // namespace belay::runner

#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <belay/result.h>

namespace belay::runner {

struct Option {
  std::string_view name;  ///< `--to`
  std::string_view value;  ///< what is named for its value in the help: `VERSION`; empty: a switch
  std::string_view description;
};

/// What stands on a command line behind the command.
class Arguments {
 public:
  /// Errors: an option that is not among `known`, a value that is missing, words that are too many.
  static Result<Arguments> read(std::span<const std::string_view> words,
                                std::span<const Option> known, size_t positional);

  bool has(std::string_view option) const { return options_.contains(option); }
  /// The last value; empty where there is none.
  std::string value(std::string_view option) const;
  std::vector<std::string> values(std::string_view option) const;
  /// Errors: it is no whole number.
  Result<size_t> number(std::string_view option, size_t otherwise) const;
  /// Words that are no options; empty where there are fewer.
  std::string word(size_t index) const {
    return index < words_.size() ? words_[index] : std::string();
  }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> options_;
  std::vector<std::string> words_;
};

}  // namespace belay::runner

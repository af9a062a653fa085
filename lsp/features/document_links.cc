#include "lsp/features/document_links.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/rules/rule.h"
#include "lsp/features/diagnostics.h"
#include "lsp/features/folding.h"
#include "lsp/protocol/uri.h"
#include "support/ascii.h"
#include "support/file_system.h"

namespace belay::lsp {
namespace {

/// A run of characters that names of files and rules are made of.
struct LinkedWord {
  ByteRange range;
  std::string_view text;
};

bool is_name_character(char c) {
  return ascii::is_letter(c) || ascii::is_digit(c) ||
         std::string_view("_-./").find(c) != std::string_view::npos;
}

std::vector<LinkedWord> words_in(std::string_view text, ByteRange range) {
  std::vector<LinkedWord> out;
  uint32_t at = range.begin;
  while (at < range.end) {
    if (!is_name_character(text[at])) {
      ++at;
      continue;
    }
    uint32_t end = at;
    while (end < range.end && is_name_character(text[end])) ++end;
    ByteRange word = {at, end};
    // A sentence's full stop is no part of a name.
    while (!word.empty() && text[word.end - 1] == '.') --word.end;
    if (!word.empty()) out.push_back({word, word.of(text)});
    at = end;
  }
  return out;
}

class LinkCollector {
 public:
  explicit LinkCollector(const FeatureInput& input) : input_(input) {}

  void add(ByteRange range, std::string target, std::string tooltip) {
    out_.push_back({input_.positions(range), std::move(target), std::move(tooltip)});
  }

  /// Files of the document's histories that a comment names, by their name or the end of their
  /// path.
  void add_files(ByteRange comment) {
    for (const LinkedWord& word : words_in(input_.text().text(), comment)) {
      if (word.text.find('.') == std::string_view::npos) continue;
      if (const std::string* file = file_named(word.text)) {
        add(word.range, uri_of(input_, *file), "Open the file");
      }
    }
  }

  /// The rules between the directive and the colon before its reason.
  void add_rules(ByteRange comment) {
    const std::string_view text = comment.of(input_.text().text());
    const size_t mark = text.find("belay:ignore");
    if (mark == std::string_view::npos) return;
    const size_t begin = text.find_first_of(" \t", mark);
    if (begin == std::string_view::npos) return;
    const size_t end = std::min(text.find(':', begin), text.size());
    const ByteRange rules = {comment.begin + static_cast<uint32_t>(begin),
                             comment.begin + static_cast<uint32_t>(end)};
    for (const LinkedWord& word : words_in(input_.text().text(), rules)) {
      if (rules::rule_index(word.text))
        add(word.range, rule_page(word.text), "Open the rule's page");
    }
  }

  /// `\i file`, `\ir file`, `.read file`: as the shell would find it from the script's folder.
  void add_include(ByteRange command) {
    constexpr std::array<std::string_view, 5> kIncludes = {"\\i", "\\ir", "\\include",
                                                           "\\include_relative", ".read"};
    const std::string_view text = command.of(input_.text().text());
    const size_t space = text.find_first_of(" \t");
    if (space == std::string_view::npos) return;
    if (std::find(kIncludes.begin(), kIncludes.end(), text.substr(0, space)) == kIncludes.end()) {
      return;
    }
    size_t begin = text.find_first_not_of(" \t", space);
    if (begin == std::string_view::npos) return;
    size_t end = std::min(text.find_first_of(" \t\r\n;", begin), text.size());
    if (text[begin] == '\'' || text[begin] == '"') {
      end = std::min(text.find(text[begin], begin + 1), text.size());
      ++begin;
    }
    if (begin >= end) return;
    add_path(
        {command.begin + static_cast<uint32_t>(begin), command.begin + static_cast<uint32_t>(end)});
  }

  /// A path that stands in the document, relative to its folder.
  void add_path(ByteRange range) {
    const std::string_view folder = path::parent(input_.document.path);
    const std::string path = path::normalize(path::join(folder, range.of(input_.text().text())));
    add(range, uri_of(input_, path), "Open the file");
  }

  std::vector<DocumentLink> take() && { return std::move(out_); }

 private:
  const std::string* file_named(std::string_view word) const {
    for (const HistoryView& history : input_.document.histories) {
      for (const std::string& file : history.set->set->files) {
        if (file == input_.document.path || !file.ends_with(word)) continue;
        const size_t before = file.size() - word.size();
        if (before == 0 || file[before - 1] == '/' || word.starts_with('/')) return &file;
      }
    }
    return nullptr;
  }

  const FeatureInput& input_;
  std::vector<DocumentLink> out_;
};

/// The keys of belay.toml whose values are files or folders, relative to it.
bool names_a_file(std::string_view line) {
  constexpr std::array<std::string_view, 4> kKeys = {"migrations", "maintenance_file",
                                                     "compile_commands", "program"};
  const size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return false;
  const size_t end = line.find_first_of(" \t=", begin);
  if (end == std::string_view::npos || line.find('=', end) == std::string_view::npos) return false;
  const std::string_view key = line.substr(begin, end - begin);
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

/// The strings of a line, within their quotes, up to a comment.
std::vector<ByteRange> strings_in(std::string_view text, ByteRange line) {
  std::vector<ByteRange> out;
  for (uint32_t at = line.begin; at < line.end && text[at] != '#'; ++at) {
    if (text[at] != '"' && text[at] != '\'') continue;
    uint32_t end = at + 1;
    while (end < line.end && text[end] != text[at]) ++end;
    if (end == line.end) break;
    if (end > at + 1) out.push_back({at + 1, end});
    at = end;
  }
  return out;
}

void add_config_links(const FeatureInput& input, LinkCollector& links) {
  const std::string_view text = input.text().text();
  for (uint32_t i = 0; i < input.text().lines().line_count(); ++i) {
    const ByteRange line = input.text().lines().line_range(text, i);
    if (!names_a_file(line.of(text))) continue;
    for (const ByteRange string : strings_in(text, line)) {
      links.add_path(string);
      // Behind a program stand its arguments.
      if (line.of(text).find("program") != std::string_view::npos) break;
    }
  }
}

}  // namespace

std::vector<DocumentLink> document_links(const FeatureInput& input) {
  LinkCollector links(input);
  if (is_config_path(input.document.path)) add_config_links(input, links);
  for (const ByteRange comment : comments_of(input)) {
    links.add_files(comment);
    links.add_rules(comment);
  }
  if (!is_program(input.document)) {
    for (const DocumentScript& script : scripts_in(input.document)) {
      for (const sql::ScriptStatement& s : script.analyzed().parsed->statements) {
        if (s.is_client_command()) links.add_include(s.range);
      }
    }
  }
  std::vector<DocumentLink> out = std::move(links).take();
  std::stable_sort(out.begin(), out.end(),
                   [](const DocumentLink& a, const DocumentLink& b) { return a.range < b.range; });
  const auto same = [](const DocumentLink& a, const DocumentLink& b) { return a.range == b.range; };
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  return out;
}

}  // namespace belay::lsp

#include "tests/lsp/scenarios/normal_form.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace belay::lsp::testing {
namespace {

EditorPosition checked_position(const EditorText& text, const Json& json) {
  const EditorPosition out{json.at("line").get<uint32_t>(), json.at("character").get<uint32_t>()};
  if (!text.has(out)) {
    throw std::runtime_error("the answer has a place that is none: line " +
                             std::to_string(out.line + 1) + ", column " +
                             std::to_string(out.character));
  }
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  const EditorText lines(text, Encoding::kUtf8);
  for (size_t i = 0; i < lines.line_count(); ++i) out.emplace_back(lines.line(i));
  if (out.back().empty()) out.pop_back();
  return out;
}

bool mixes_line_ends(const std::string& text) {
  size_t with = 0;
  size_t without = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') ++(i > 0 && text[i - 1] == '\r' ? with : without);
  }
  return with > 0 && without > 0;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string severity_name(const Json& severity) {
  static const std::array<const char*, 5> kNames = {"", "error", "warning", "information", "hint"};
  return severity.is_null() ? "" : kNames.at(severity.get<size_t>());
}

std::string diagnostic_text(const Editor& editor, const std::string& path, const Json& d) {
  std::string out = place_text(editor, editor.uri(path), d.at("range")) + "\n";
  const std::string code = d.value("code", "");
  const std::string message = d.at("message").get<std::string>();
  out += "  " + severity_name(d.value("severity", Json())) + (code.empty() ? "" : " " + code);
  for (const Json& tag : d.value("tags", Json::array()))
    out += ", " + name_of("DiagnosticTag", tag);
  out += ": " + first_line(message) + "\n";
  for (const std::string& line : lines_of(message.substr(first_line(message).size()))) {
    if (!line.empty()) out += "    " + line + "\n";
  }
  for (const Json& related : d.value("relatedInformation", Json::array())) {
    const Json& location = related.at("location");
    out += "  see " + place_text(editor, location.at("uri"), location.at("range")) + "\n";
    out += "    " + related.at("message").get<std::string>() + "\n";
  }
  return out;
}

}  // namespace

std::string or_nothing(std::string text) { return text.empty() ? "nothing\n" : text; }

std::string marked_line(const EditorText& text, const Json& range) {
  const EditorPosition begin = checked_position(text, range.at("start"));
  const EditorPosition end = checked_position(text, range.at("end"));
  if (end < begin) throw std::runtime_error("the answer has a range that ends before it begins");
  const std::string first(text.line(begin.line));
  const size_t from = text.offset_of(begin) - text.offset_of({begin.line, 0});
  const size_t to = text.offset_of(end) - text.offset_of({end.line, 0});
  if (begin.line == end.line) {
    return first.substr(0, from) + "[[" + first.substr(from, to - from) + "]]" + first.substr(to);
  }
  const std::string last(text.line(end.line));
  return first.substr(0, from) + "[[" + first.substr(from) + " ... " + last.substr(0, to) + "]]" +
         last.substr(to);
}

std::string covered_text(const EditorText& text, const Json& range) {
  const size_t begin = text.offset_of(checked_position(text, range.at("start")));
  const size_t end = text.offset_of(checked_position(text, range.at("end")));
  return text.text().substr(begin, end - begin);
}

std::string place_text(const Editor& editor, const std::string& uri, const Json& range) {
  const std::string path = editor.path_of_uri(uri);
  const EditorText* text = editor.text(path);
  if (range.is_null()) return path;
  if (text == nullptr) throw std::runtime_error("the answer has a place in no file: " + path);
  const auto first = range.at("start").at("line").get<size_t>() + 1;
  const auto last = range.at("end").at("line").get<size_t>() + 1;
  const std::string marked = marked_line(*text, range);
  return path + ":" + std::to_string(first) + (last > first ? "-" + std::to_string(last) : "") +
         (marked == "[[]]" ? ": [[]]" : ": " + marked);
}

std::string locations_text(const Editor& editor, const Json& locations) {
  std::string out;
  const Json list = locations.is_object() ? Json::array({locations}) : locations;
  for (const Json& one : list) {
    const bool is_link = one.contains("targetUri");
    out += place_text(editor, one.at(is_link ? "targetUri" : "uri"),
                      one.at(is_link ? "targetSelectionRange" : "range")) +
           "\n";
  }
  return or_nothing(out);
}

std::string diagnostics_text(const Editor& editor, const std::string& path,
                             const Json& diagnostics) {
  std::string out;
  for (const Json& d : diagnostics) out += diagnostic_text(editor, path, d);
  return or_nothing(out);
}

std::string symbols_text(const EditorText& text, const Json& symbols, size_t depth) {
  std::string out;
  for (const Json& symbol : symbols) {
    const std::string name = symbol.at("name").get<std::string>();
    const Json& place = symbol.at("selectionRange");
    out += std::string(2 * depth, ' ') + name_of("SymbolKind", symbol.at("kind")) + " " + name;
    const std::string detail = symbol.value("detail", "");
    if (!detail.empty()) out += " (" + detail + ")";
    out += " " + std::to_string(place.at("start").at("line").get<size_t>() + 1) + ": " +
           marked_line(text, place) + "\n";
    const EditorPosition begin = checked_position(text, symbol.at("range").at("start"));
    const EditorPosition end = checked_position(text, symbol.at("range").at("end"));
    if (checked_position(text, place.at("start")) < begin ||
        checked_position(text, place.at("end")) > end) {
      throw std::runtime_error("the name of a symbol lies outside of it: " + name);
    }
    out += symbols_text(text, symbol.value("children", Json::array()), depth + 1);
  }
  return out;
}

std::string name_of(const std::string& enumeration, const Json& value) {
  const MetaModel* model = MetaModel::installed();
  if (model == nullptr) throw std::runtime_error("the protocol's meta model is not there");
  return model->name_in(enumeration, value);
}

std::string changes_text(const std::string& before, const std::string& after) {
  const std::vector<std::string> a = lines_of(before);
  const std::vector<std::string> b = lines_of(after);
  // The lengths of what both have in common from each pair of lines on.
  std::vector<std::vector<size_t>> common(a.size() + 1, std::vector<size_t>(b.size() + 1, 0));
  for (size_t i = a.size(); i-- > 0;) {
    for (size_t j = b.size(); j-- > 0;) {
      common[i][j] =
          a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::vector<std::string> all;
  for (size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      all.push_back("  " + a[i++]);
      ++j;
    } else if (i < a.size() && (j == b.size() || common[i + 1][j] >= common[i][j + 1])) {
      all.push_back("- " + a[i++]);
    } else {
      all.push_back("+ " + b[j++]);
    }
  }
  std::string out;
  bool skipped = false;
  for (size_t i = 0; i < all.size(); ++i) {
    const auto changed = [&](size_t at) { return at < all.size() && all[at][0] != ' '; };
    const bool shown = changed(i) || changed(i + 1) || (i > 0 && changed(i - 1));
    if (shown && skipped) out += "  ...\n";
    skipped = !shown;
    if (shown) out += all[i] + "\n";
  }
  if (mixes_line_ends(after) && !mixes_line_ends(before)) out += "  (its line ends are mixed)\n";
  return out.empty() ? "  (unchanged)\n" : out;
}

}  // namespace belay::lsp::testing

#include "lsp/features/completion/config_items.h"

#include <algorithm>
#include <set>

#include "analyzer/project/config_schema.h"
#include "analyzer/rules/rule.h"
#include "lsp/features/completion/item_list.h"
#include "lsp/features/completion/safe_forms.h"
#include "support/ascii.h"

namespace belay::lsp {
namespace {

using project::ConfigKey;
using project::ConfigType;

/// The line of a cursor in a TOML text, and what stands above it.
struct Line {
  std::string table;            ///< whose keys stand here; empty: the top
  std::set<std::string> above;  ///< keys that the table has already
  std::string_view text;        ///< up to the cursor
  uint32_t begin = 0;
};

std::string_view key_in(std::string_view line) {
  const size_t equals = line.find('=');
  if (equals == std::string_view::npos) return {};
  std::string_view key = ascii::trim(line.substr(0, equals));
  if (key.size() > 1 && key.front() == '"' && key.back() == '"')
    key = key.substr(1, key.size() - 2);
  return key;
}

Line line_at(std::string_view text, uint32_t cursor) {
  Line out;
  size_t at = 0;
  while (true) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (cursor <= end) break;
    const std::string_view line = ascii::trim(text.substr(at, end - at));
    if (line.starts_with('[')) {
      out.table = std::string(ascii::trim(line.substr(1, line.find(']') - 1)));
      out.above.clear();
    } else if (const std::string_view key = key_in(line); !key.empty() && !line.starts_with('#')) {
      out.above.emplace(key);
    }
    at = end + 1;
  }
  out.begin = static_cast<uint32_t>(at);
  out.text = text.substr(at, cursor - at);
  return out;
}

/// Whether a table of the schema, which may hold `*`, means that of the text.
bool means(std::string_view schema, std::string_view table) {
  if (!schema.ends_with(".*")) return schema == table;
  const std::string_view head = schema.substr(0, schema.size() - 1);
  return table.starts_with(head) && table.size() > head.size();
}

/// What stands behind the equals sign of a new key.
Template value_of(const ConfigKey& key) {
  Template out;
  switch (key.type) {
    case ConfigType::kBool: return out.place(1, "true");
    case ConfigType::kCount: return out.place(1, "1");
    case ConfigType::kStringList: return out.text("[\"").place(1, "").text("\"]");
    default: return out.text("\"").place(1, "").text("\"");
  }
}

class ConfigItems {
 public:
  ConfigItems(const Line& line, bool snippets) : line_(line), snippets_(snippets) {}

  void tables() {
    for (const ConfigKey& key : project::config_keys()) {
      if (key.type != ConfigType::kTable) continue;
      const std::string prefix = key.table.empty() ? "" : std::string(key.table) + ".";
      CompletionItem& item = out_.add(prefix + std::string(key.name), CompletionItemKind::kModule);
      item.documentation = std::string(key.doc);
    }
  }

  void keys() {
    for (const ConfigKey& key : project::config_keys()) {
      if (key.type == ConfigType::kTable || !means(key.table, line_.table)) continue;
      if (key.name == "*") {
        if (key.table == "rules") rules(key);
      } else if (!line_.above.contains(std::string(key.name))) {
        add_key(key, key.name, key.doc).detail = "default: " + std::string(key.default_text);
      }
    }
  }

  void values(std::string_view name, bool in_quotes) {
    for (const ConfigKey& key : project::config_keys()) {
      const bool same = key.name == name || (key.name == "*" && key.table == "rules");
      if (!same || !means(key.table, line_.table)) continue;
      if (key.type == ConfigType::kBool && !in_quotes) {
        out_.add("true", CompletionItemKind::kValue);
        out_.add("false", CompletionItemKind::kValue);
      }
      for (const std::string_view value : key.allowed) {
        CompletionItem& item = out_.add(std::string(value), CompletionItemKind::kValue);
        item.new_text = "\"" + std::string(value) + "\"";
        if (in_quotes) item.filter_text = item.new_text;
      }
    }
  }

  std::vector<CompletionItem> take() && { return std::move(out_).take(); }

 private:
  CompletionItem& add_key(const ConfigKey& key, std::string_view name, std::string_view doc) {
    CompletionItem& item = out_.add(std::string(name), CompletionItemKind::kProperty);
    item.documentation = std::string(doc);
    item.is_snippet = snippets_;
    item.new_text = std::string(name) + " = " + value_of(key).as(snippets_);
    return item;
  }

  void rules(const ConfigKey& key) {
    for (const rules::Rule& rule : rules::all_rules()) {
      const rules::Descriptor& of = *rule.descriptor;
      if (of.always_on || line_.above.contains(std::string(of.id))) continue;
      add_key(key, of.id, of.why).detail = std::string(of.title);
    }
  }

  const Line& line_;
  bool snippets_;
  ItemList out_;
};

}  // namespace

std::optional<CompletionList> config_completion(const Document& open, uint32_t cursor,
                                                ColumnUnit unit, bool snippets) {
  const std::string_view text = open.text();
  const Line line = line_at(text, cursor);
  const std::string_view written = line.text;
  ConfigItems items(line, snippets);
  uint32_t begin = cursor;
  uint32_t end = cursor;
  const auto is_key = [](char c) { return ascii::is_word(c) || c == '-' || c == '.'; };
  const bool in_quotes = std::count(written.begin(), written.end(), '"') % 2 == 1;
  if (!in_quotes && written.find('#') != std::string_view::npos) return std::nullopt;
  if (in_quotes) {
    begin = line.begin + static_cast<uint32_t>(written.rfind('"'));
    while (end < text.size() && is_key(text[end])) ++end;
    if (end < text.size() && text[end] == '"') ++end;
  } else {
    while (begin > line.begin && is_key(text[begin - 1])) --begin;
    while (end < text.size() && is_key(text[end])) ++end;
  }
  if (const std::string_view key = key_in(written); !key.empty()) {
    items.values(key, in_quotes);
  } else if (ascii::trim(written).starts_with('[')) {
    items.tables();
  } else if (ascii::trim(text.substr(line.begin, begin - line.begin)).empty()) {
    items.keys();
  }
  const uint32_t inserted_to = in_quotes ? end : cursor;
  return CompletionList{open.positions_of({begin, inserted_to}, unit),
                        open.positions_of({begin, end}, unit), std::move(items).take()};
}

}  // namespace belay::lsp

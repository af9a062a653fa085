#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Facts that SQLite keeps in the stored text of a statement alone. The text is read by its tokens,
/// since a rebuild or a rename writes it anew with other quotes and spaces.
namespace belay::workbench::sqlite_text {

/// The tokens, without comments: words and names in lower case and without quotes, the rest as it
/// stands.
using Words = std::vector<std::string>;
Words words_of(std::string_view sql);

/// With a space between words.
std::string joined(const Words& words);

/// What follows the first `word`; empty where it does not stand there.
Words after(const Words& words, std::string_view word);

/// The contents of the parentheses that follow each `keyword`, in their order.
std::vector<Words> groups_after(const Words& words, std::string_view keyword);

/// A CREATE TABLE cut up: the entries between its outer parentheses, and the words behind them.
struct TableText {
  std::vector<Words> entries;
  Words tail;
};
TableText table_text(const Words& words);

/// A foreign key as it stands in the text, for what no pragma tells.
struct ForeignKeyText {
  std::string columns;     ///< joined with commas
  std::string deferrable;  ///< `deferrable initially deferred`; empty where nothing is said
};
std::vector<ForeignKeyText> foreign_keys(const TableText& table);

}  // namespace belay::workbench::sqlite_text

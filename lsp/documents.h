#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/text/document.h"
#include "analyzer/text/line_table.h"
#include "lsp/log.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

/// A state of an open document. Copies share the text.
struct OpenDocument {
  std::string uri;  ///< as the client writes it
  std::string language_id;
  /// As the client counts. Echoed to it and good for nothing else: clients have skipped, repeated
  /// and forgotten versions.
  int64_t version = 0;
  /// Ours: grows with every change to any document, and is never used twice.
  uint64_t revision = 0;
  /// The revision with which the document was opened: closed and opened again it is another one.
  uint64_t opened = 0;
  Document text;
};

/// The documents that the client has open, as it has told us. Used on the main thread.
class Documents {
 public:
  explicit Documents(Log& log) : log_(log) {}

  /// The unit of columns in changes, once it is negotiated.
  void set_column_unit(ColumnUnit unit) { unit_ = unit; }

  /// Null where the document is not open.
  const OpenDocument* find(std::string_view uri) const;

  /// Opens a document. One that is open already is taken to be the new one.
  const OpenDocument& open(TextDocumentItem item);
  /// Null where the document is not open; the change is then ignored.
  const OpenDocument* change(const DidChangeParams& params);
  /// False where the document was not open.
  bool close(std::string_view uri);

  /// All that are open, by the keys of their URIs.
  const std::map<std::string, OpenDocument>& all() const { return documents_; }

 private:
  Log& log_;
  ColumnUnit unit_ = ColumnUnit::kUtf16;
  uint64_t next_revision_ = 1;
  std::map<std::string, OpenDocument> documents_;
};

}  // namespace belay::lsp

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/rules/finding.h"
#include "lsp/analyzed_document.h"
#include "lsp/protocol/types.h"

namespace belay::lsp {

/// What every feature is a function of: a document with its histories, the other documents that are
/// open, and the unit in which the client counts columns. Borrows all of it.
struct FeatureInput {
  const AnalyzedDocument& document;
  const OpenFiles& open;
  ColumnUnit unit = ColumnUnit::kUtf16;

  const Document& text() const { return document.document.text; }
  PositionRange positions(ByteRange range) const { return text().positions_of(range, unit); }
  ByteRange bytes(PositionRange range) const {
    return text().lines().range_of(text().text(), range, unit);
  }
};

/// The document's text as the editor has it now: of a C++ source `input.text()` is the one that was
/// read last.
const Document& open_text(const FeatureInput& input);

/// A finding in the document, and the script that it stands in; null where it is about the file.
struct DocumentFinding {
  const Finding* finding = nullptr;
  const project::Script* script = nullptr;
};

/// The findings in the document, by place, each once.
std::vector<DocumentFinding> findings_in(const AnalyzedDocument& document);

/// A script that stands in the document.
struct DocumentScript {
  const HistoryView* history = nullptr;
  uint32_t migration = 0;
  project::Direction direction = project::Direction::kUp;

  const project::Migration& of() const { return history->set->set->migrations[migration]; }
  const AnalyzedScript& analyzed() const { return *history->set->script(migration, direction); }
  const project::Script& location() const {
    return direction == project::Direction::kUp ? *of().up : *of().down;
  }
};

/// The scripts that stand in the document, in the order of the histories.
std::vector<DocumentScript> scripts_in(const AnalyzedDocument& document);

/// Whether its SQL stands in a program: as a text it is the program's server's.
bool is_program(const AnalyzedDocument& document);

/// The row of a migration that is known to be applied; null where it is not.
const runtime::LedgerEntry* applied_entry(const HistoryView& history,
                                          const project::Migration& migration);

/// Where a script begins in its file for a person: at its first statement, or at the method.
uint32_t start_of(const project::Script& location, const AnalyzedScript& script);

/// False where what is known is of an earlier text: its places are no longer the editor's.
bool is_current(const FeatureInput& input);

/// Edits of a file as the protocol has them; none where its text is not known.
std::optional<TextDocumentEdit> document_edit(const FeatureInput& input, const std::string& path,
                                              const std::vector<TextEdit>& edits);

/// A cursor has an empty range, which touches what ends or begins there.
inline bool touches(ByteRange a, ByteRange b) { return a.begin <= b.end && b.begin <= a.end; }

/// Kinds of code action are paths: who asks for `a` wants `a.b`, too.
bool wants_kind(const std::vector<std::string>& only, std::string_view kind);

/// The URI of a file: as the client writes it where the file is open.
std::string uri_of(const OpenFiles& open, const std::string& path);
inline std::string uri_of(const FeatureInput& input, const std::string& path) {
  return uri_of(input.open, path);
}
/// The text of a file of the document's histories; null where it is not known.
const Document* text_of(const FeatureInput& input, const std::string& path);

/// `addition` with CRLF for its line ends where the first line of `text` ends so.
std::string in_line_ends_of(std::string_view text, std::string_view addition);

}  // namespace belay::lsp

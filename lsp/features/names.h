#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "analyzer/names/history.h"
#include "lsp/features/feature_input.h"
#include "lsp/protocol/types.h"

/// Tables, columns and the other objects of a schema, followed by name through the whole history.
namespace belay::lsp {

/// What a history names, from where it is kept.
std::shared_ptr<const names::History> history_of(const HistoryView& view);

SymbolKind symbol_kind(names::Kind kind);

/// Where the object at a place was made; empty where no migration makes it.
std::vector<Location> definitions(const FeatureInput& input, Position position);

/// Everywhere the object at a place is named, in the order of the history, whatever it was called.
std::vector<Location> references(const FeatureInput& input, Position position,
                                 bool with_definition);

/// Where the object at a place is named in the document itself.
std::vector<DocumentHighlight> highlights(const FeatureInput& input, Position position);

/// What the object at a place is behind its migration, and which migrations have named it. None
/// where nothing is named there, or where no migration tells of it.
std::optional<Hover> name_hover(const FeatureInput& input, Position position, bool markdown);

/// The scripts of the document, each with its statements and what they make.
std::vector<DocumentSymbol> document_symbols(const FeatureInput& input);

}  // namespace belay::lsp

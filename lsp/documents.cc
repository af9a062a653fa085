#include "lsp/documents.h"

#include <utility>

#include "lsp/protocol/uri.h"

namespace belay::lsp {

const OpenDocument* Documents::find(std::string_view uri) const {
  const auto found = documents_.find(uri_key(uri));
  return found == documents_.end() ? nullptr : &found->second;
}

const OpenDocument& Documents::open(TextDocumentItem item) {
  OpenDocument& document = documents_[uri_key(item.uri)];
  if (document.revision != 0) log_.warning("opened twice: " + item.uri);
  document.uri = std::move(item.uri);
  document.language_id = std::move(item.language_id);
  document.version = item.version;
  document.revision = next_revision_++;
  document.opened = document.revision;
  document.text = Document(std::move(item.text));
  return document;
}

const OpenDocument* Documents::change(const DidChangeParams& params) {
  const auto found = documents_.find(uri_key(params.uri));
  if (found == documents_.end()) {
    log_.warning("a change to a document that is not open was ignored: " + params.uri);
    return nullptr;
  }
  OpenDocument& document = found->second;
  if (params.version <= document.version) {
    // The text is what the client says it is; only its count is odd.
    log_.warning("version " + std::to_string(params.version) + " came after " +
                 std::to_string(document.version) + ": " + params.uri);
  }
  document.version = params.version;
  document.revision = next_revision_++;
  document.text = document.text.changed(params.changes, unit_);
  return &document;
}

bool Documents::close(std::string_view uri) {
  if (documents_.erase(uri_key(uri)) != 0) return true;
  log_.warning("closed without being open: " + std::string(uri));
  return false;
}

}  // namespace belay::lsp

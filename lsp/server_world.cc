#include "lsp/server_world.h"

#include "lsp/protocol/results.h"

namespace belay::lsp {

void ServerWorld::show(const Notice& notice) const {
  if (notice.text.empty()) return;
  dispatcher.notify("window/showMessage", message_params(notice.type, notice.text));
}

bool ServerWorld::is_outdated(const CommandArguments& arguments) const {
  if (!arguments.version) return false;
  const OpenDocument* document = documents.find(arguments.uri);
  return document == nullptr || document->version != *arguments.version;
}

}  // namespace belay::lsp

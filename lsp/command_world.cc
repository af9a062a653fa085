#include "lsp/command_world.h"

#include "lsp/protocol/results.h"

namespace belay::lsp {

void CommandWorld::show(const Notice& notice) const {
  if (notice.text.empty()) return;
  dispatcher.notify("window/showMessage", message_params(notice.type, notice.text));
}

bool CommandWorld::is_outdated(const CommandArguments& arguments) const {
  if (!arguments.version) return false;
  const OpenDocument* document = documents.find(arguments.uri);
  return document == nullptr || document->version != *arguments.version;
}

}  // namespace belay::lsp

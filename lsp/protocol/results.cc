#include "lsp/protocol/results.h"

#include "lsp/transport/json_writer.h"

namespace belay::lsp {
namespace {

/// Runs `write` on a writer of a new text.
template <class Write>
std::string written(Write write) {
  std::string out;
  JsonWriter writer(out);
  write(writer);
  return out;
}

template <class Write>
std::string object(Write write) {
  return written([&](JsonWriter& w) {
    w.begin_object();
    write(w);
    w.end_object();
  });
}

void write(JsonWriter& w, Position p) {
  w.begin_object();
  w.member("line", int64_t{p.line});
  w.member("character", int64_t{p.character});
  w.end_object();
}

void write(JsonWriter& w, PositionRange range) {
  w.begin_object();
  w.key("start");
  write(w, range.start);
  w.key("end");
  write(w, range.end);
  w.end_object();
}

void write(JsonWriter& w, const Location& location) {
  w.begin_object();
  w.member("uri", location.uri);
  w.key("range");
  write(w, location.range);
  w.end_object();
}

void write(JsonWriter& w, const Command& command) {
  w.begin_object();
  w.member("title", command.title);
  w.member("command", command.command);
  if (!command.arguments.empty()) {
    w.key("arguments");
    w.raw(command.arguments);
  }
  w.end_object();
}

void write_related(JsonWriter& w, const Diagnostic& d) {
  w.key("relatedInformation");
  w.begin_array();
  for (const DiagnosticRelatedInformation& r : d.related) {
    w.begin_object();
    w.key("location");
    write(w, r.location);
    w.member("message", r.message);
    w.end_object();
  }
  w.end_array();
}

void write(JsonWriter& w, const Diagnostic& d, const ClientCapabilities& client) {
  w.begin_object();
  w.key("range");
  write(w, d.range);
  w.member("severity", int64_t{static_cast<uint8_t>(d.severity)});
  if (!d.code.empty()) w.member("code", d.code);
  if (client.code_description && !d.code_href.empty()) {
    w.key("codeDescription");
    w.begin_object();
    w.member("href", d.code_href);
    w.end_object();
  }
  w.member("source", "belay");
  w.member("message", d.message);
  if (client.diagnostic_tags && d.tag) {
    w.key("tags");
    w.begin_array();
    w.number(static_cast<uint8_t>(*d.tag));
    w.end_array();
  }
  if (client.related_information && !d.related.empty()) write_related(w, d);
  if (client.diagnostic_data && !d.id.empty()) {
    w.key("data");
    w.begin_object();
    w.member("id", d.id);
    w.end_object();
  }
  w.end_object();
}

void write_edits(JsonWriter& w, const TextDocumentEdit& document) {
  w.begin_array();
  for (const auto& [range, text] : document.edits) {
    w.begin_object();
    w.key("range");
    write(w, range);
    w.member("newText", text);
    w.end_object();
  }
  w.end_array();
}

void write_versioned(JsonWriter& w, const TextDocumentEdit& document) {
  w.begin_object();
  w.key("textDocument");
  w.begin_object();
  w.member("uri", document.uri);
  w.key("version");
  if (document.version) {
    w.number(*document.version);
  } else {
    w.null();
  }
  w.end_object();
  w.key("edits");
  write_edits(w, document);
  w.end_object();
}

void write(JsonWriter& w, const WorkspaceEdit& edit, const ClientCapabilities& client) {
  w.begin_object();
  if (client.document_changes) {
    w.key("documentChanges");
    w.begin_array();
    if (client.create_files) {
      for (const std::string& uri : edit.created) {
        w.begin_object();
        w.member("kind", "create");
        w.member("uri", uri);
        w.end_object();
      }
    }
    for (const TextDocumentEdit& document : edit.documents) write_versioned(w, document);
    w.end_array();
  } else {
    w.key("changes");
    w.begin_object();
    for (const TextDocumentEdit& document : edit.documents) {
      // A URI is escaped, but a client's own need not be: it goes the way of all strings.
      w.raw(written([&](JsonWriter& key) { key.string(document.uri); }) + ":");
      write_edits(w, document);
    }
    w.end_object();
  }
  w.end_object();
}

void write(JsonWriter& w, const CodeAction& action, const ClientCapabilities& client) {
  w.begin_object();
  w.member("title", action.title);
  w.member("kind", action.kind);
  if (!action.diagnostics.empty()) {
    w.key("diagnostics");
    w.begin_array();
    for (const Diagnostic& d : action.diagnostics) write(w, d, client);
    w.end_array();
  }
  if (action.is_preferred && client.preferred_code_actions) w.member("isPreferred", true);
  if (action.edit) {
    w.key("edit");
    write(w, *action.edit, client);
  }
  if (action.command) {
    w.key("command");
    write(w, *action.command);
  }
  if (action.data && client.resolve_code_action_edits) {
    w.key("data");
    w.begin_object();
    w.member("uri", action.data->uri);
    w.member("migration", action.data->migration);
    w.member("complete", action.data->complete);
    w.end_object();
  }
  w.end_object();
}

std::string progress(std::string_view token, std::string_view kind, auto write_value) {
  return object([&](JsonWriter& w) {
    w.key("token");
    w.raw(token);
    w.key("value");
    w.begin_object();
    w.member("kind", kind);
    write_value(w);
    w.end_object();
  });
}

void write(JsonWriter& w, const std::vector<DocumentSymbol>& symbols) {
  w.begin_array();
  for (const DocumentSymbol& symbol : symbols) {
    w.begin_object();
    w.member("name", symbol.name);
    w.member("detail", symbol.detail);
    w.member("kind", int64_t{static_cast<uint8_t>(symbol.kind)});
    w.key("range");
    write(w, symbol.range);
    w.key("selectionRange");
    write(w, symbol.selection);
    if (!symbol.children.empty()) {
      w.key("children");
      write(w, symbol.children);
    }
    w.end_object();
  }
  w.end_array();
}

}  // namespace

std::string diagnostics_json(const std::vector<Diagnostic>& diagnostics,
                             const ClientCapabilities& client) {
  constexpr size_t kUsualBytes = 400;
  std::string out;
  out.reserve(diagnostics.size() * kUsualBytes + 2);
  JsonWriter w(out);
  w.begin_array();
  for (const Diagnostic& d : diagnostics) write(w, d, client);
  w.end_array();
  return out;
}

std::string publish_diagnostics_params(std::string_view uri, std::optional<int64_t> version,
                                       std::string_view diagnostics) {
  return object([&](JsonWriter& w) {
    w.member("uri", uri);
    if (version) w.member("version", *version);
    w.key("diagnostics");
    w.raw(diagnostics);
  });
}

std::string full_diagnostic_report(std::string_view result_id, std::string_view diagnostics) {
  return object([&](JsonWriter& w) {
    w.member("kind", "full");
    w.member("resultId", result_id);
    w.key("items");
    w.raw(diagnostics);
  });
}

std::string unchanged_diagnostic_report(std::string_view result_id) {
  return object([&](JsonWriter& w) {
    w.member("kind", "unchanged");
    w.member("resultId", result_id);
  });
}

std::string code_actions_json(const std::vector<CodeAction>& actions,
                              const ClientCapabilities& client) {
  return written([&](JsonWriter& w) {
    w.begin_array();
    for (const CodeAction& action : actions) {
      if (client.code_action_literals) {
        write(w, action, client);
      } else if (action.command && !action.data) {
        write(w, *action.command);  // edits cannot be offered to such a client
      }
    }
    w.end_array();
  });
}

std::string workspace_edit_json(const WorkspaceEdit& edit, const ClientCapabilities& client) {
  return written([&](JsonWriter& w) { write(w, edit, client); });
}

std::string locations_json(const std::vector<Location>& locations) {
  return written([&](JsonWriter& w) {
    w.begin_array();
    for (const Location& location : locations) write(w, location);
    w.end_array();
  });
}

std::string hover_json(const std::optional<Hover>& hover, const ClientCapabilities& client) {
  if (!hover) return "null";
  return object([&](JsonWriter& w) {
    w.key("contents");
    w.begin_object();
    w.member("kind", client.hover_markdown ? "markdown" : "plaintext");
    w.member("value", hover->contents);
    w.end_object();
    w.key("range");
    write(w, hover->range);
  });
}

std::string highlights_json(const std::vector<DocumentHighlight>& highlights) {
  constexpr int64_t kRead = 2;
  constexpr int64_t kWrite = 3;
  return written([&](JsonWriter& w) {
    w.begin_array();
    for (const DocumentHighlight& highlight : highlights) {
      w.begin_object();
      w.key("range");
      write(w, highlight.range);
      w.member("kind", highlight.is_write ? kWrite : kRead);
      w.end_object();
    }
    w.end_array();
  });
}

std::string document_symbols_json(const std::vector<DocumentSymbol>& symbols) {
  return written([&](JsonWriter& w) { write(w, symbols); });
}

std::string code_lenses_json(const std::vector<CodeLens>& lenses) {
  return written([&](JsonWriter& w) {
    w.begin_array();
    for (const CodeLens& lens : lenses) {
      w.begin_object();
      w.key("range");
      write(w, lens.range);
      w.key("command");
      write(w, lens.command);
      w.end_object();
    }
    w.end_array();
  });
}

std::string message_params(MessageType type, std::string_view message) {
  return object([&](JsonWriter& w) {
    w.member("type", int64_t{static_cast<uint8_t>(type)});
    w.member("message", message);
  });
}

std::string message_request_params(MessageType type, std::string_view message,
                                   const std::vector<std::string>& actions) {
  return object([&](JsonWriter& w) {
    w.member("type", int64_t{static_cast<uint8_t>(type)});
    w.member("message", message);
    w.key("actions");
    w.begin_array();
    for (const std::string& title : actions) {
      w.begin_object();
      w.member("title", title);
      w.end_object();
    }
    w.end_array();
  });
}

std::string show_document_params(std::string_view uri) {
  return object([&](JsonWriter& w) {
    w.member("uri", uri);
    w.member("external", true);
  });
}

std::string show_document_params(const Location& location) {
  return object([&](JsonWriter& w) {
    w.member("uri", location.uri);
    w.member("takeFocus", true);
    w.key("selection");
    write(w, location.range);
  });
}

std::string progress_create_params(std::string_view token) {
  return object([&](JsonWriter& w) {
    w.key("token");
    w.raw(token);
  });
}

std::string progress_begin_params(std::string_view token, std::string_view title,
                                  bool cancellable) {
  return progress(token, "begin", [&](JsonWriter& w) {
    w.member("title", title);
    w.member("cancellable", cancellable);
  });
}

std::string progress_report_params(std::string_view token, std::string_view message,
                                   std::optional<uint32_t> percentage) {
  return progress(token, "report", [&](JsonWriter& w) {
    w.member("message", message);
    if (percentage) w.member("percentage", int64_t{*percentage});
  });
}

std::string progress_end_params(std::string_view token, std::string_view message) {
  return progress(token, "end", [&](JsonWriter& w) { w.member("message", message); });
}

std::string register_watchers_params(const std::vector<std::string>& patterns) {
  return object([&](JsonWriter& w) {
    w.key("registrations");
    w.begin_array();
    w.begin_object();
    w.member("id", "belay-files");
    w.member("method", "workspace/didChangeWatchedFiles");
    w.key("registerOptions");
    w.begin_object();
    w.key("watchers");
    w.begin_array();
    for (const std::string& pattern : patterns) {
      w.begin_object();
      w.member("globPattern", pattern);
      w.end_object();
    }
    w.end_array();
    w.end_object();
    w.end_object();
    w.end_array();
  });
}

std::string configuration_params(std::string_view section) {
  return object([&](JsonWriter& w) {
    w.key("items");
    w.begin_array();
    w.begin_object();
    w.member("section", section);
    w.end_object();
    w.end_array();
  });
}

std::string command_arguments_json(const CommandArguments& arguments) {
  return written([&](JsonWriter& w) {
    w.begin_array();
    w.begin_object();
    if (!arguments.uri.empty()) w.member("uri", arguments.uri);
    if (!arguments.migration.empty()) w.member("migration", arguments.migration);
    if (arguments.version) w.member("version", *arguments.version);
    if (!arguments.rule.empty()) w.member("rule", arguments.rule);
    w.end_object();
    w.end_array();
  });
}

std::string command_result_json(const CommandResult& result) {
  return object([&](JsonWriter& w) {
    w.member("done", result.done);
    w.member("message", result.message);
    if (!result.report.empty()) w.member("report", result.report);
    if (!result.choices) return;
    w.key("choices");
    w.begin_array();
    for (const Choice& choice : *result.choices) {
      w.begin_object();
      w.member("name", choice.name);
      w.member("description", choice.description);
      w.member("counts", choice.counts);
      w.end_object();
    }
    w.end_array();
  });
}

std::string command_result_json(bool done, std::string_view message) {
  return command_result_json(CommandResult{done, std::string(message), "", std::nullopt});
}

}  // namespace belay::lsp

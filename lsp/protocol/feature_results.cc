#include "lsp/protocol/feature_results.h"

#include "lsp/protocol/write_values.h"

namespace belay::lsp {
namespace {

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
    if (client.rename_files) {
      for (const auto& [from, to] : edit.renamed) {
        w.begin_object();
        w.member("kind", "rename");
        w.member("oldUri", from);
        w.member("newUri", to);
        w.end_object();
      }
    }
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
    write_array(w, action.diagnostics, [&](const Diagnostic& d) { write(w, d, client); });
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
    w.member("what", int64_t{static_cast<uint8_t>(action.data->what)});
    w.member("rule", action.data->rule);
    w.member("statement", int64_t{action.data->statement});
    w.end_object();
  }
  w.end_object();
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

void write(JsonWriter& w, const CodeLens& lens) {
  w.begin_object();
  w.key("range");
  write(w, lens.range);
  if (lens.data) {
    w.key("data");
    w.begin_object();
    w.member("uri", lens.data->uri);
    w.member("version", lens.data->version);
    w.member("migration", lens.data->migration);
    w.member("what", int64_t{static_cast<uint8_t>(lens.data->what)});
    w.end_object();
  } else {
    w.key("command");
    write(w, lens.command);
  }
  w.end_object();
}

}  // namespace

std::string diagnostics_json(const std::vector<Diagnostic>& diagnostics,
                             const ClientCapabilities& client) {
  constexpr size_t kUsualBytes = 400;
  std::string out;
  out.reserve(diagnostics.size() * kUsualBytes + 2);
  JsonWriter w(out);
  write_array(w, diagnostics, [&](const Diagnostic& d) { write(w, d, client); });
  return out;
}

std::string full_diagnostic_report(std::string_view result_id, std::string_view diagnostics) {
  return written_object([&](JsonWriter& w) {
    w.member("kind", "full");
    w.member("resultId", result_id);
    w.key("items");
    w.raw(diagnostics);
  });
}

std::string unchanged_diagnostic_report(std::string_view result_id) {
  return written_object([&](JsonWriter& w) {
    w.member("kind", "unchanged");
    w.member("resultId", result_id);
  });
}

std::string workspace_diagnostic_report(const std::vector<WorkspaceDocumentReport>& reports) {
  return written_object([&](JsonWriter& w) {
    w.key("items");
    write_array(w, reports, [&](const WorkspaceDocumentReport& report) {
      w.begin_object();
      w.member("kind", "full");
      w.member("uri", report.uri);
      w.key("version");
      if (report.version) {
        w.number(*report.version);
      } else {
        w.null();
      }
      w.member("resultId", report.result_id);
      w.key("items");
      w.raw(report.diagnostics);
      w.end_object();
    });
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

std::string prepare_rename_json(PositionRange range, std::string_view name) {
  return written_object([&](JsonWriter& w) {
    w.key("range");
    write(w, range);
    w.member("placeholder", name);
  });
}

std::string locations_json(const std::vector<Location>& locations) {
  return written([&](JsonWriter& w) {
    write_array(w, locations, [&](const Location& location) { write(w, location); });
  });
}

std::string hover_json(const std::optional<Hover>& hover, const ClientCapabilities& client) {
  if (!hover) return "null";
  return written_object([&](JsonWriter& w) {
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

std::string workspace_symbols_json(const std::vector<WorkspaceSymbol>& symbols,
                                   const ClientCapabilities& client) {
  return written([&](JsonWriter& w) {
    write_array(w, symbols, [&](const WorkspaceSymbol& symbol) {
      w.begin_object();
      w.member("name", symbol.name);
      w.member("kind", int64_t{static_cast<uint8_t>(symbol.kind)});
      if (symbol.is_gone && client.symbol_tags) {
        w.key("tags");
        w.raw("[1]");  // deprecated
      }
      if (!symbol.container.empty()) w.member("containerName", symbol.container);
      w.key("location");
      write(w, symbol.location);
      w.end_object();
    });
  });
}

std::string code_lenses_json(const std::vector<CodeLens>& lenses) {
  return written([&](JsonWriter& w) {
    w.begin_array();
    for (const CodeLens& lens : lenses) {
      write(w, lens);
    }
    w.end_array();
  });
}

std::string folding_ranges_json(const std::vector<FoldingRange>& ranges) {
  return written([&](JsonWriter& w) {
    write_array(w, ranges, [&](const FoldingRange& range) {
      w.begin_object();
      w.member("startLine", int64_t{range.start_line});
      w.member("endLine", int64_t{range.end_line});
      if (range.kind == FoldingRange::Kind::kComment) w.member("kind", "comment");
      if (range.kind == FoldingRange::Kind::kRegion) w.member("kind", "region");
      w.end_object();
    });
  });
}

std::string document_links_json(const std::vector<DocumentLink>& links) {
  return written([&](JsonWriter& w) {
    write_array(w, links, [&](const DocumentLink& link) {
      w.begin_object();
      w.key("range");
      write(w, link.range);
      w.member("target", link.target);
      w.member("tooltip", link.tooltip);
      w.end_object();
    });
  });
}

std::string selection_ranges_json(const std::vector<std::vector<PositionRange>>& ranges) {
  return written([&](JsonWriter& w) {
    write_array(w, ranges, [&](const std::vector<PositionRange>& nested) {
      for (size_t i = 0; i < nested.size(); ++i) {
        if (i > 0) w.key("parent");
        w.begin_object();
        w.key("range");
        write(w, nested[i]);
      }
      for (size_t i = 0; i < nested.size(); ++i) w.end_object();
    });
  });
}

std::string code_lens_json(const CodeLens& lens) {
  return written([&](JsonWriter& w) { write(w, lens); });
}

}  // namespace belay::lsp

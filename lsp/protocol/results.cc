#include "lsp/protocol/results.h"

#include "lsp/protocol/write_values.h"

namespace belay::lsp {
namespace {

std::string progress(std::string_view token, std::string_view kind, auto write_value) {
  return written_object([&](JsonWriter& w) {
    w.key("token");
    w.raw(token);
    w.key("value");
    w.begin_object();
    w.member("kind", kind);
    write_value(w);
    w.end_object();
  });
}

}  // namespace

std::string publish_diagnostics_params(std::string_view uri, std::optional<int64_t> version,
                                       std::string_view diagnostics) {
  return written_object([&](JsonWriter& w) {
    w.member("uri", uri);
    if (version) w.member("version", *version);
    w.key("diagnostics");
    w.raw(diagnostics);
  });
}

std::string message_params(MessageType type, std::string_view message) {
  return written_object([&](JsonWriter& w) {
    w.member("type", int64_t{static_cast<uint8_t>(type)});
    w.member("message", message);
  });
}

std::string message_request_params(MessageType type, std::string_view message,
                                   const std::vector<std::string>& actions) {
  return written_object([&](JsonWriter& w) {
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
  return written_object([&](JsonWriter& w) {
    w.member("uri", uri);
    w.member("external", true);
  });
}

std::string show_document_params(const Location& location) {
  return written_object([&](JsonWriter& w) {
    w.member("uri", location.uri);
    w.member("takeFocus", true);
    w.key("selection");
    write(w, location.range);
  });
}

std::string apply_edit_params(std::string_view edit) {
  return written_object([&](JsonWriter& w) {
    w.key("edit");
    w.raw(edit);
  });
}

std::string progress_create_params(std::string_view token) {
  return written_object([&](JsonWriter& w) {
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
  return written_object([&](JsonWriter& w) {
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
  return written_object([&](JsonWriter& w) {
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
  return written_object([&](JsonWriter& w) {
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

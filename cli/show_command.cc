#include "cli/report/session_json.h"
#include "cli/session_support.h"
#include "workbench/cpp/reader_process.h"
#include "workbench/show.h"

namespace belay::cli {
namespace {

using Kind = OptionSpec::Kind;

Json place_json(const workbench::ScriptPlace& place) {
  return {{"path", place.path}, {"first_line", place.first_line}, {"last_line", place.last_line}};
}

Json view_json(const workbench::MigrationView& view) {
  return {{"version", view.version},
          {"name", view.name},
          {"id", view.id},
          {"up", place_json(view.up)},
          {"down", view.down ? place_json(*view.down) : Json()},
          {"checksum", view.checksum},
          {"sql_checksum", view.sql_checksum},
          {"edited_since", text_or_null(view.change)},
          {"verdict", text_or_null(view.verdict)},
          {"verdict_reason", text_or_null(view.verdict_reason)},
          {"risk", text_or_null(view.risk)},
          {"category", text_or_null(view.category)},
          {"ledger", view.entry ? entry_json(*view.entry) : Json()}};
}

int run(const Arguments& arguments) {
  const std::string version = arguments.value("version");
  if (version.empty()) {
    return fail({"no version was named", "", "`belay show VERSION` tells about one migration"},
                kUsage);
  }
  Result<workbench::SessionTarget> target =
      session_target(arguments, std::make_shared<workbench::CppReaders>());
  if (!target) return fail(target.error(), kUsage);
  const Result<workbench::MigrationView> view = workbench::show(*target, version);
  if (!view) return fail(view.error(), kFindings);
  if (wants_json(arguments)) {
    print_json(view_json(*view));
  } else {
    print_report(view->report);
  }
  return kClean;
}

}  // namespace

Command show_command() {
  std::vector<OptionSpec> options = session_options();
  options.insert(options.begin(), {"version", "The migration's version or name", Kind::kValue});
  options.push_back(format_option());
  return {"show",
          "Tell all about one migration: files, checksum, verdict, risk, what the ledger has",
          std::move(options), run};
}

}  // namespace belay::cli

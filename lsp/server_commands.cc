// The commands that are answered from the analysis: they show something, or go somewhere.

#include <algorithm>
#include <map>
#include <utility>

#include "analyzer/rules/rule.h"
#include "lsp/features/counterpart.h"
#include "lsp/features/diagnostics.h"
#include "lsp/features/down_actions.h"
#include "lsp/features/risk.h"
#include "lsp/features/verdict.h"
#include "lsp/protocol/feature_results.h"
#include "lsp/protocol/results.h"
#include "lsp/protocol/uri.h"
#include "lsp/server.h"

namespace belay::lsp {

using project::Direction;

void Server::execute_command(const ExecuteCommandParams& params, Reply reply) {
  when_settings_are_known(reply, [this, params, reply] { execute_now(params, reply); });
}

void Server::execute_now(const ExecuteCommandParams& params, const Reply& reply) {
  static const std::map<std::string_view, SessionCommand> kSessionCommands = {
      {commands::kBegin, SessionCommand::kBegin},
      {commands::kApply, SessionCommand::kApply},
      {commands::kCommit, SessionCommand::kCommit},
      {commands::kRollback, SessionCommand::kRollback},
      {commands::kStatus, SessionCommand::kStatus},
      {commands::kDown, SessionCommand::kDown},
      {commands::kRedo, SessionCommand::kRedo},
      {commands::kRestore, SessionCommand::kRestore},
      {commands::kFresh, SessionCommand::kFresh},
      {commands::kDropSnapshot, SessionCommand::kDropSnapshot},
      {commands::kPruneSnapshots, SessionCommand::kPruneSnapshots},
      {commands::kPlan, SessionCommand::kPlan},
      {commands::kDoctor, SessionCommand::kDoctor},
      {commands::kCheck, SessionCommand::kCheck},
      {commands::kVerifySchema, SessionCommand::kVerifySchema},
      {commands::kLedgerProblems, SessionCommand::kLedgerProblems},
      {commands::kSnapshots, SessionCommand::kSnapshots},
      {commands::kEnvironments, SessionCommand::kEnvironments},
      {commands::kRehearse, SessionCommand::kRehearse},
  };
  const CommandArguments& arguments = params.arguments;
  if (params.command == commands::kShowRisk) return show_risk(arguments, reply);
  if (params.command == commands::kShowVerdict) return show_verdict(arguments, reply);
  if (params.command == commands::kGoToDown) return go_to(Direction::kDown, arguments, reply);
  if (params.command == commands::kGoToUp) return go_to(Direction::kUp, arguments, reply);
  if (params.command == commands::kOpenRule) return open_rule(arguments, reply);
  if (params.command == commands::kGenerateDown) return generate_down(arguments, reply);
  if (params.command == commands::kNew) return migrations_->make_new(arguments, settings_, reply);
  if (params.command == commands::kVerify) return verification_->execute(params, settings_, reply);
  const auto command = kSessionCommands.find(params.command);
  if (command == kSessionCommands.end()) {
    return reply.error(ErrorCode::kInvalidParams, "unknown command " + params.command);
  }
  sessions_->execute(command->second, params, settings_, reply);
}

/// On the analysis thread: has the main thread tell it to the person.
void Server::tell(std::string text) {
  main_.post([this, text = std::move(text)] {
    dispatcher_.notify("window/showMessage", message_params(MessageType::kInfo, text));
  });
}

void Server::show_risk(const CommandArguments& arguments, const Reply& reply) {
  features_->answer(arguments.uri, FeatureRequests::Freshness::kNewest, reply,
                    [this, wanted = arguments.migration](const FeatureInput& input) {
                      std::string text;
                      for (const DocumentScript& script : scripts_in(input.document)) {
                        if (script.direction != Direction::kUp) continue;
                        if (!wanted.empty() && script.of().id != wanted) continue;
                        if (!text.empty()) text += "\n";
                        text += risk_details(script.of().id, script.analyzed());
                      }
                      if (text.empty()) text = "No migration stands here.";
                      tell(text);
                      return command_result_json(true, text);
                    });
}

void Server::show_verdict(const CommandArguments& arguments, const Reply& reply) {
  features_->answer(arguments.uri, FeatureRequests::Freshness::kNewest, reply,
                    [this, wanted = arguments.migration](const FeatureInput& input) {
                      // A file may have both scripts of a migration, and histories may agree on it.
                      std::vector<std::string> texts;
                      for (const DocumentScript& script : scripts_in(input.document)) {
                        if (!wanted.empty() && script.of().id != wanted) continue;
                        const AnalyzedSet& set = *script.history->set;
                        if (!has_verdict(set, script.migration)) continue;
                        std::string text = verdict_details(set, script.migration);
                        const bool is_new =
                            std::find(texts.begin(), texts.end(), text) == texts.end();
                        if (is_new) texts.push_back(std::move(text));
                      }
                      std::string all;
                      for (const std::string& text : texts) all += (all.empty() ? "" : "\n") + text;
                      if (all.empty()) all = "No migration that could be taken back stands here.";
                      tell(all);
                      return command_result_json(true, all);
                    });
}

void Server::go_to(Direction direction, const CommandArguments& arguments, const Reply& reply) {
  features_->answer(
      arguments.uri, FeatureRequests::Freshness::kNewest, reply,
      [this, direction, wanted = arguments.migration](const FeatureInput& input) {
        for (const DocumentScript& script : scripts_in(input.document)) {
          if (!wanted.empty() && script.of().id != wanted) continue;
          const auto place = script_location(input, *script.history, script.migration, direction);
          if (!place) continue;
          main_.post([this, place = *place] { show_place(place); });
          return command_result_json(true, place->uri);
        }
        const std::string text =
            direction == Direction::kUp ? "There is no up to go to." : "There is no down to go to.";
        tell(text);
        return command_result_json(false, text);
      });
}

/// What the code action does, for whoever has no cursor in the text.
void Server::generate_down(const CommandArguments& arguments, const Reply& reply) {
  features_->answer(arguments.uri, FeatureRequests::Freshness::kNewest, reply,
                    [this, wanted = arguments.migration](const FeatureInput& input) {
                      const Result<WorkspaceEdit> edit = down_edit(input, wanted);
                      if (!edit) {
                        tell(edit.error().to_string());
                        return command_result_json(false, edit.error().to_string());
                      }
                      const std::string json = workspace_edit_json(*edit, client_);
                      main_.post([this, json] {
                        dispatcher_.request("workspace/applyEdit", apply_edit_params(json), {});
                      });
                      return command_result_json(true, "");
                    });
}

void Server::show_place(const Location& place) {
  if (client_.show_document) {
    return dispatcher_.request("window/showDocument", show_document_params(place), {});
  }
  const std::string text =
      path_of_uri(place.uri).value_or(place.uri) + ":" + std::to_string(place.range.start.line + 1);
  dispatcher_.notify("window/showMessage", message_params(MessageType::kInfo, text));
}

void Server::open_rule(const CommandArguments& arguments, const Reply& reply) {
  // Only pages of ours are opened, whoever asks.
  if (!rules::rule_index(arguments.rule)) {
    return reply.error(ErrorCode::kInvalidParams, "unknown rule `" + arguments.rule + "`");
  }
  const std::string page = rule_page(arguments.rule);
  if (client_.show_document) {
    dispatcher_.request("window/showDocument", show_document_params(page), {});
  } else {
    dispatcher_.notify("window/showMessage",
                       message_params(MessageType::kInfo, arguments.rule + ": " + page));
  }
  reply.result(command_result_json(true, page));
}

}  // namespace belay::lsp

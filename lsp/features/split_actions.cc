#include "lsp/features/split_actions.h"

#include <string>

#include "lsp/features/diagnostics.h"
#include "lsp/protocol/uri.h"
#include "support/overlay_file_system.h"

namespace belay::lsp {
namespace {

using workbench::SplitMigration;

SplitCache::Split tried(const FeatureInput& input, const DocumentScript& script,
                        uint32_t statement) {
  OverlayFileSystem files(*input.document.disk);
  for (const auto& [path, document] : input.open) {
    files.put(path, std::string(document.text.text()));
  }
  workbench::SplitRequest request;
  request.migration = script.migration;
  request.statement = statement;
  request.load.overrides.environment = input.document.environment;
  Result<SplitMigration> split = workbench::split_migration(files, *script.history->set, request);
  if (!split) return std::nullopt;
  return *std::move(split);
}

/// The way to split a statement; none where there is none.
SplitCache::Split split_of(const FeatureInput& input, const DocumentScript& script,
                           uint32_t statement) {
  const std::shared_ptr<const AnalyzedSet>& set = script.history->set;
  // Most statements have no recipe, and that is known at once.
  if (input.document.disk == nullptr || !workbench::safe_steps(*set, script.migration, statement)) {
    return std::nullopt;
  }
  SplitCache* cache = script.history->splits.get();
  if (cache == nullptr) return tried(input, script, statement);
  if (const auto* known = cache->find(set, script.migration, statement)) return *known;
  return cache->keep(set, script.migration, statement, tried(input, script, statement));
}

bool can_be_split(const DocumentScript& script) {
  return script.direction == project::Direction::kUp && script.location().sources == nullptr &&
         script.of().kind == project::Migration::Kind::kVersioned;
}

}  // namespace

const SplitCache::Split* SplitCache::find(const std::shared_ptr<const AnalyzedSet>& set,
                                          uint32_t migration, uint32_t statement) const {
  if (set != set_) return nullptr;
  const auto known = known_.find({migration, statement});
  return known == known_.end() ? nullptr : &known->second;
}

const SplitCache::Split& SplitCache::keep(const std::shared_ptr<const AnalyzedSet>& set,
                                          uint32_t migration, uint32_t statement, Split split) {
  if (set != set_) known_.clear();
  set_ = set;
  return known_[{migration, statement}] = std::move(split);
}

std::vector<CodeAction> split_actions(const FeatureInput& input, const CodeActionParams& params) {
  std::vector<CodeAction> out;
  if (!wants_kind(params.only, action_kinds::kRewrite) || !is_current(input)) return out;
  const ByteRange range = input.bytes(params.range);
  for (const DocumentScript& script : scripts_in(input.document)) {
    if (!can_be_split(script)) continue;
    const auto& statements = script.analyzed().parsed->statements;
    for (uint32_t i = 0; i < statements.size(); ++i) {
      if (!touches(statements[i].range, range)) continue;
      const SplitCache::Split split = split_of(input, script, i);
      if (!split) continue;
      CodeAction& action = out.emplace_back();
      action.title = split->title;
      action.kind = action_kinds::kRewrite;
      CodeActionData& data = action.data.emplace();
      data.uri = input.document.document.uri;
      data.migration = script.of().id;
      data.what = CodeActionData::What::kSplit;
      data.statement = i;
    }
  }
  return out;
}

Result<WorkspaceEdit> split_edit(const FeatureInput& input, const CodeActionData& params) {
  for (const DocumentScript& script : scripts_in(input.document)) {
    if (!can_be_split(script) || script.of().id != params.migration) continue;
    const SplitCache::Split split = split_of(input, script, params.statement);
    if (!split) continue;
    WorkspaceEdit out;
    for (const SplitMigration::ChangedFile& file : split->changed) {
      std::optional<TextDocumentEdit> document = document_edit(input, file.path, file.edits);
      if (!document) return Error{"the file is not known", file.path, ""};
      out.documents.push_back(*std::move(document));
    }
    for (const SplitMigration::CreatedFile& file : split->created) {
      const std::string uri = uri_of_path(file.path);
      out.created.push_back(uri);
      if (file.text.empty()) continue;
      out.documents.push_back({uri, std::nullopt, {{PositionRange{}, file.text}}});
    }
    return out;
  }
  return Error{"the statement cannot be split any more", params.migration, ""};
}

}  // namespace belay::lsp

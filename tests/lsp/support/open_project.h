#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/feature_input.h"
#include "lsp/projects.h"
#include "lsp/protocol/uri.h"
#include "tests/analyzer/project/memory_files.h"
#include "tests/support/annotated.h"

namespace belay::lsp::testing {

/// A project in memory with documents that are open in an editor, without a server.
class OpenProject {
 public:
  void write(const std::string& path, const std::string& text) { files_.write(path, text); }

  /// Opens a document with the text, or edits it; marks are taken out of the text first.
  void open(const std::string& path, std::string_view marked, bool points = true) {
    annotated_ = std::make_unique<::belay::testing::Annotated>(marked, points);
    OpenDocument document;
    document.uri = uri_of_path(path);
    document.version = 7;
    document.revision = ++revision_;
    document.opened = document.revision;
    document.text = Document(annotated_->text);
    projects_.open_or_change(document);
    analyzed_ = projects_.find(path);
  }

  bool is_open() const { return analyzed_.has_value(); }
  FeatureInput input(ColumnUnit unit = ColumnUnit::kUtf16) const {
    return {*analyzed_, projects_.open_files(), unit};
  }
  const Document& text() const { return analyzed_->document.text; }
  const AnalyzedSet& set() const { return *analyzed_->histories.at(0).set; }
  Position point(size_t index = 0, ColumnUnit unit = ColumnUnit::kUtf16) const {
    return text().position_at(annotated_->points.at(index), unit);
  }
  PositionRange marked(size_t index = 0, ColumnUnit unit = ColumnUnit::kUtf16) const {
    return text().positions_of(annotated_->ranges.at(index), unit);
  }
  PositionRange everything(ColumnUnit unit = ColumnUnit::kUtf16) const {
    return text().positions_of({0, static_cast<uint32_t>(text().text().size())}, unit);
  }
  /// The document after the edits of it.
  std::string after(const TextDocumentEdit& document, ColumnUnit unit = ColumnUnit::kUtf16) const {
    std::vector<TextEdit> edits;
    for (const auto& [range, new_text] : document.edits) {
      edits.push_back({text().lines().range_of(text().text(), range, unit), new_text});
    }
    return apply_edits(text().text(), edits);
  }
  Projects& projects() { return projects_; }
  project::MemoryFiles& files() { return files_; }

 private:
  project::MemoryFiles files_{};
  Log log_{Log::Level::kOff, [](Log::Level, std::string_view) {}};
  Projects projects_{files_, log_};
  std::unique_ptr<::belay::testing::Annotated> annotated_;
  std::optional<AnalyzedDocument> analyzed_;
  uint64_t revision_ = 0;
};

}  // namespace belay::lsp::testing
